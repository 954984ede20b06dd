"""The synthesised CDK app: made once for all instances when its sources changed, and given to each with its own clock file."""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regulars_local.home import DEFAULT_HOME, REPOSITORY, Home

SHARED = DEFAULT_HOME / "synth" / "local"
CLOCK_PLACEHOLDER = "/instance/clock.json"
"""Synthesised in the place of an instance's clock file, so that one synthesis serves them all."""

_SOURCE_FOLDERS = ("infra", "functions", "layers")
_SOURCE_FILES = ("cdk.json", "requirements/runtime.txt", "requirements/contacts.txt", "docs/openapi.json")
_NOT_SOURCES = {"node_modules", "__pycache__", "cdk.out"}
_KEPT_SECONDS = 86_400.0


def sources_hash() -> str:
    """A digest of everything the synthesised app depends on."""
    digest = hashlib.sha256()
    for path in _source_files():
        digest.update(str(path.relative_to(REPOSITORY)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@contextmanager
def held() -> Iterator[None]:
    """Keeps other processes from synthesising at the same time; they wait."""
    SHARED.mkdir(parents=True, exist_ok=True)
    with (SHARED.parent / "local.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_current(sources: str) -> bool:
    """Whether the shared assembly was made from these sources."""
    noted = SHARED / "sources"
    return noted.exists() and noted.read_text() == sources


def note_made(sources: str) -> None:
    """Notes what the shared assembly was made from and removes assets of earlier ones that nobody can be deploying any more."""
    (SHARED / "sources").write_text(sources)
    wanted = (SHARED / "Regulars-local.assets.json").read_text()
    for asset in [*SHARED.glob("asset.*"), *SHARED.glob(".cache/*")]:
        name = asset.name.removeprefix("asset.").removesuffix(".zip")
        if name not in wanted and time.time() - asset.stat().st_mtime > _KEPT_SECONDS:
            shutil.rmtree(asset) if asset.is_dir() else asset.unlink()


def give_to(home: Home) -> None:
    """Makes the instance's own assembly: its clock file in the template, everything big by link."""
    shutil.rmtree(home.assembly, ignore_errors=True)
    home.assembly.mkdir()
    (SHARED / ".cache").mkdir(exist_ok=True)
    for entry in SHARED.iterdir():
        if entry.is_dir():
            (home.assembly / entry.name).symlink_to(entry)
        else:
            (home.assembly / entry.name).write_text(entry.read_text().replace(CLOCK_PLACEHOLDER, str(home.clock_file)))


def _source_files() -> list[Path]:
    found = [REPOSITORY / name for name in _SOURCE_FILES if (REPOSITORY / name).exists()]
    for top in _SOURCE_FOLDERS:
        for folder, below, names in os.walk(REPOSITORY / top):
            below[:] = [name for name in below if name not in _NOT_SOURCES]
            found += [Path(folder, name) for name in names if not name.startswith(".")]
    return sorted(found)
