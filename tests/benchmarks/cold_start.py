"""Bar 8: what a cold start of the busiest function costs, and what ships.

The ratio is (instructions of the start, less bare Python) / (instructions of `import boto3; boto3.client("dynamodb")`, less bare
Python), each in an interpreter of its own with exactly the function's folder, its layers and the runtime's boto3. The start is the
import, the service with its client, **and the first purchase**: what is put off until a request comes is counted all the same.
"""

import base64
import io
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from infra.bundling import ROOT, Artifacts, build
from infra.stage import stage_named
from regulars.accounts.account_records import account_record
from regulars.accounts.model import new_account
from regulars.aws.table import encode_item
from regulars.program.presets import preset_version
from tests.benchmarks.figures import Figure
from tests.benchmarks.instructions import BOTO3_CLIENT, INIT, Interpreter, NotCountableError, first_purchase
from tests.benchmarks.scene import MEMBER, TILL, receipt
from tests.support.calls import http_event
from tests.support.templates import template_of

HANDLER = "functions.accounts.handler.lambda_handler"
RATIO, MEGABYTES = 1.8, 6.0
_RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
"""What Lambda's own runtime brings."""


def count_cold_start() -> list[Figure]:
    """The ratio, and the figures it is made of."""
    shipped = build(stage_named("local"), ROOT / "docs" / "openapi.json")
    interpreter = Interpreter(_environment())
    with _runtime() as runtime:
        own = [shipped.functions["accounts"], shipped.core / "python", shipped.dependencies / "python", runtime]
        try:
            bare = interpreter.instructions("pass")
            unit = interpreter.instructions(BOTO3_CLIENT, [runtime]) - bare
            init = interpreter.instructions(INIT, own) - bare
            start = interpreter.instructions(_first_purchase(), own) - bare
        except NotCountableError as error:
            return [Figure(8, "cold start over boto3's client", None, RATIO, note=str(error))]
    return [
        Figure(8, "cold start with its first purchase, over boto3's client", start / unit, RATIO, "ratio"),
        Figure(8, "cold start without the purchase, over boto3's client", init / unit, None, "ratio"),
        Figure(8, "instructions of boto3's client", unit / 1e6, None, "million"),
        Figure(8, "instructions of the cold start with its first purchase", start / 1e6, None, "million"),
    ]


def count_shipped() -> list[Figure]:
    """What the stages in the cloud get: the size of the layer, and sources without bytecode in any bundle."""
    shipped = build(stage_named("prod"), ROOT / "docs" / "openapi.json")
    return [
        Figure(8, "dependencies layer, zipped", zipped_size(shipped.dependencies) / 1e6, MEGABYTES, "MB"),
        Figure(8, "sources shipped without bytecode", len(list(_uncompiled(shipped))), 0, "files"),
    ]


def zipped_size(folder: Path) -> int:
    """The bytes of a folder as a zip file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return buffer.getbuffer().nbytes


def _uncompiled(shipped: Artifacts) -> Iterator[Path]:
    for folder in (shipped.core, shipped.dependencies, shipped.contacts, *shipped.functions.values()):
        for source in folder.rglob("*.py"):
            if not (source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc").exists():
                yield source


@contextmanager
def _runtime() -> Iterator[Path]:
    """A folder with boto3 and what it needs, and nothing else of this environment."""
    with tempfile.TemporaryDirectory() as folder:
        for name in _RUNTIME_PACKAGES:
            spec = find_spec(name)
            assert spec is not None, name
            assert spec.origin is not None, name
            source = Path(spec.origin)
            source = source.parent if source.stem == "__init__" else source
            (Path(folder) / source.name).symlink_to(source)
        yield Path(folder)


def _environment() -> Mapping[str, str]:
    """The function's own settings as the template has them, with stand-ins for names that only a deployment knows."""
    functions = (resource["Properties"] for resource in template_of("prod")["Resources"].values())
    (function,) = (properties for properties in functions if properties.get("Handler") == HANDLER)
    settings: dict[str, Any] = function["Environment"]["Variables"]
    credentials = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "none")
    return {
        **{name: value if isinstance(value, str) else name for name, value in settings.items()},
        **credentials,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _first_purchase() -> str:
    now = datetime.now(UTC)
    item = {"pk": MEMBER, "sk": "ACCOUNT", **account_record(new_account(MEMBER, preset_version(), now)), "v": 1}
    account = {name: _on_the_wire(value) for name, value in encode_item(item).items()}
    body = receipt({"member_id": MEMBER}, 1, lines=10, occurred_at=now)
    return first_purchase(account, http_event("POST", "/v1/purchases", principal=TILL, body=body))


def _on_the_wire(attribute: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"B": base64.b64encode(attribute["B"]).decode()} if "B" in attribute else attribute
