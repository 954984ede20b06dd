"""The document and the page, read on first use from beside this file (in a checkout, the document from `docs`)."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@cache
def document() -> str:
    """The interface's document as it was deployed."""
    shipped = _HERE / "openapi.json"
    return (shipped if shipped.exists() else _HERE.parents[1] / "docs" / "openapi.json").read_text()


@cache
def page() -> str:
    """The page: markup, style and script in one, so that it needs one request and the document."""
    return (_HERE / "page.html").read_text()


@cache
def content_security_policy() -> str:
    """Lets the page's own style and script run, and nothing else; it may fetch from its own origin alone."""
    script, style = (_hash_of(tag) for tag in ("script", "style"))
    own = f"script-src {script}; style-src {style}; connect-src 'self'"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def _hash_of(tag: str) -> str:
    found = re.search(rf"<{tag}>(.*?)</{tag}>", page(), re.DOTALL)
    if found is None:
        raise ValueError(f"the page has no {tag}")
    return f"'sha256-{base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()}'"
