"""Builds what ships to Lambda without Docker: layers and function folders, every source beside its compiled form.

Bundles are cached under ``.local/build`` by a hash of what goes in, and are byte-identical across builds: Lambda's code
folder is read-only, so a source without bytecode would be compiled anew at every cold start.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.catalogue import FUNCTIONS
from infra.stage import Architecture, Stage

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".local" / "build"
KEPT_PER_KIND = 6

_PLATFORMS: dict[Architecture, str] = {"arm64": "aarch64-manylinux2014", "x86_64": "x86_64-manylinux2014"}
_NOT_SHIPPED = ("*.pyi", "*.pyx", "*.pxd", "*.c", "*.h", "py.typed", "__pycache__", "*.pyc")
_NOT_NEEDED = (
    "bin",
    ".lock",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/swagger-ui*",  # our reference page is our own
    "tzdata/zoneinfo/tzdata.zi",
    "tzdata/zoneinfo/*.tab",
    "tzdata/zoneinfo/leapseconds",
)


@dataclass(frozen=True, kw_only=True)
class Artifacts:
    """The folders that become layers and functions, by name."""

    core: Path
    dependencies: Path
    contacts: Path
    functions: dict[str, Path]


def build(stage: Stage, openapi: Path) -> Artifacts:
    """Bundles everything the stage needs, from the cache where nothing changed."""
    return Artifacts(
        core=core_layer(),
        dependencies=requirements_layer("runtime", stage),
        contacts=requirements_layer("contacts", stage),
        functions={spec.name: function_folder(spec.name, openapi) for spec in FUNCTIONS},
    )


def placeholders() -> Artifacts:
    """Empty stand-ins, for templates that are looked at and never deployed."""
    empty = _cached("placeholder", list, lambda folder: _write(folder / "placeholder.txt", "not for deployment\n"))
    return Artifacts(core=empty, dependencies=empty, contacts=empty, functions={spec.name: empty for spec in FUNCTIONS})


def core_layer() -> Path:
    """The product itself, as Lambda finds it under ``/opt/python``."""
    source = ROOT / "layers" / "core" / "python"

    def assemble(folder: Path) -> None:
        _copy(source / "regulars", folder / "python" / "regulars")
        _compile(folder)

    return _cached("core", lambda: _files(source / "regulars"), assemble)


def requirements_layer(name: str, stage: Stage) -> Path:
    """A third-party layer from ``requirements/<name>.txt``: the host's wheels in ``local``, the stage's elsewhere."""
    requirements = ROOT / "requirements" / f"{name}.txt"
    target = "host" if stage.is_local else _PLATFORMS[stage.architecture]

    def assemble(folder: Path) -> None:
        _install(requirements, folder / "python", target)
        _compile(folder)

    return _cached(f"{name}-{target}", lambda: [requirements], assemble)


def function_folder(name: str, openapi: Path) -> Path:
    """One function with the repository's import path; ``reference`` also ships the interface document it serves."""
    source = ROOT / "functions" / name
    package = ROOT / "functions" / "__init__.py"
    extra = [openapi] if name == "reference" else []

    def assemble(folder: Path) -> None:
        _write(folder / "functions" / "__init__.py", package.read_text())
        if source.is_dir():
            _copy(source, folder / "functions" / name)
        if extra and source.is_dir():
            shutil.copyfile(openapi, folder / "functions" / name / "openapi.json")
        _compile(folder)

    return _cached(f"function-{name}", lambda: [package, *_files(source), *extra], assemble)


def _install(requirements: Path, target: Path, platform: str) -> None:
    chosen = [] if platform == "host" else ["--python-platform", platform]
    command = [_uv(), "pip", "install", "--quiet", "--no-config", "--python", sys.executable, "--target", str(target)]
    command += [*chosen, "--python-version", "3.13", "--only-binary", ":all:", "--require-hashes"]
    command += ["--no-installer-metadata", "--link-mode", "copy", "-r", str(requirements)]
    subprocess.run(command, check=True)
    unneeded = [path for pattern in _NOT_SHIPPED for path in target.rglob(pattern)]
    unneeded += [path for pattern in _NOT_NEEDED for path in target.glob(pattern)]
    # packages ask for each other's versions at run time: the metadata stays
    unneeded += [path for path in target.glob("*.dist-info/*") if path.name != "METADATA"]
    for path in unneeded:
        _remove(path)


def _uv() -> str:
    own = ROOT / ".tools" / "uv" / "bin" / "uv"
    found = str(own) if own.exists() else shutil.which("uv")
    if found is None:
        raise FileNotFoundError("uv is missing: run make setup")
    return found


def _compile(folder: Path) -> None:
    """One process, a fixed hash seed and relative paths: the same sources give the same bytes."""
    command = [sys.executable, "-S", "-m", "compileall", "-q", "-f", "-s", str(folder)]
    command += ["--invalidation-mode", "unchecked-hash", str(folder)]
    subprocess.run(command, check=True, env={"PYTHONHASHSEED": "0"})


def _cached(kind: str, inputs: Callable[[], Iterable[Path]], assemble: Callable[[Path], None]) -> Path:
    digest = _digest(inputs())
    target = CACHE / kind / digest
    if target.is_dir():
        os.utime(target)
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".building-") as scratch:
        built = Path(scratch) / "bundle"
        built.mkdir()
        assemble(built)
        _normalise(built)
        if digest != _digest(inputs()):  # somebody saved a file meanwhile
            return _cached(kind, inputs, assemble)
        try:
            built.rename(target)
        except OSError:  # another process built the same bundle meanwhile
            if not target.is_dir():
                raise
    _forget_old(target.parent)
    return target


def _forget_old(kind: Path) -> None:
    bundles = sorted((path for path in kind.iterdir() if not path.name.startswith(".")), key=lambda path: path.stat().st_mtime)
    for path in bundles[:-KEPT_PER_KIND]:
        shutil.rmtree(path, ignore_errors=True)


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:3]} {Path(__file__).read_text()}".encode())
    for path in files:
        name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
        digest.update(f"{name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:24]


def _files(folder: Path) -> Iterator[Path]:
    ignored = shutil.ignore_patterns(*_NOT_SHIPPED)
    for directory, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - ignored(directory, folders))
        yield from (Path(directory) / name for name in sorted(set(names) - ignored(directory, names)))


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*_NOT_SHIPPED), copy_function=shutil.copyfile)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _normalise(folder: Path) -> None:
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
