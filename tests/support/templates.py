"""The synthesised templates, from a cache on disk: synthesis costs seconds, and only a change under `infra` changes the result.

Synthesis of `dev` and `prod` fails on any finding of cdk-nag, so whoever reads a template has passed that gate.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".local" / "build" / "templates"
INTERFACE = ROOT / "tests" / "infra" / "interface.json"

type Template = dict[str, Any]


def template_of(stage: str, stack: str | None = None, **settings: str) -> Template:
    """The CloudFormation template of a stage's stack (the platform unless named), with settings as the command line takes them.

    Raises:
        subprocess.CalledProcessError: when the app cannot be synthesised.
    """
    prepare({"stage": stage, **settings})
    path = _folder({"stage": stage, **settings}) / f"{stack or f'Regulars-{stage}'}.template.json"
    template: Template = json.loads(path.read_text())
    return template


def prepare(*contexts: Mapping[str, str]) -> None:
    """Synthesises what the cache lacks of several contexts in one process: starting the CDK is half of the work.

    Raises:
        subprocess.CalledProcessError: when one of them cannot be synthesised.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the other worker wants the same
        missing = [(dict(context), _folder(context)) for context in contexts if not _folder(context).is_dir()]
        if missing:
            _synthesise(missing)


def _synthesise(missing: list[tuple[dict[str, str], Path]]) -> None:
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=".making-") as scratch:
        wanted = [(context, f"{scratch}/{folder.name}") for context, folder in missing]
        command = [sys.executable, "-m", __name__, json.dumps(wanted)]
        # the CDK's modules are 30 MB of source: without kept bytecode each synthesis would take three times as long
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        subprocess.run(command, check=True, cwd=ROOT, capture_output=True, env=environment)  # noqa: S603  # this module
        for _, folder in missing:
            (Path(scratch) / folder.name).rename(folder)


def _folder(context: Mapping[str, str]) -> Path:
    wanted = json.dumps(dict(context), sort_keys=True)
    return CACHE / hashlib.sha256(f"{_sources_digest()} {wanted}".encode()).hexdigest()[:24]


@cache
def _sources_digest() -> str:
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    yield from sorted(path for path in (ROOT / "infra").rglob("*.py") if "node_modules" not in path.parts)
    yield from (ROOT / "cdk.json", INTERFACE, ROOT / "requirements" / "development.txt", Path(__file__))


def main(wanted: list[tuple[dict[str, str], str]]) -> None:
    """Synthesises each context with stand-ins for the bundles, and keeps the templates alone in its folder."""
    from aws_cdk import App  # seconds, and only for who synthesises

    from infra import app as regulars_app
    from infra.bundling import placeholders

    flags: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    for context, folder in wanted:
        with tempfile.TemporaryDirectory() as scratch:
            app = App(context=flags | context, outdir=scratch)
            regulars_app.compose(app, regulars_app.stage_from_context(app), placeholders(), INTERFACE)
            app.synth()
            Path(folder).mkdir(parents=True)
            for path in Path(scratch).glob("Regulars-*.template.json"):
                path.replace(Path(folder) / path.name)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
