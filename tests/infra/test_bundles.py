"""What ships: only what is needed, every source with bytecode that needs no check, the same bytes at every build."""

import hashlib
import io
import struct
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import bundling
from infra.bundling import ROOT, Artifacts
from infra.catalogue import FUNCTIONS, function_named
from infra.stage import stage_named

OPENAPI = ROOT / "docs" / "openapi.json"
RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")
UNCHECKED_HASH = 0b01
DEPENDENCIES_BYTES_MAX = 6_000_000
FUNCTION_NAMES = [spec.name for spec in FUNCTIONS]


@pytest.fixture(scope="session")
def deployed() -> Artifacts:
    """What a real stage deploys."""
    return bundling.build(stage_named("dev"), OPENAPI)


@pytest.fixture(scope="session")
def runnable() -> Artifacts:
    """What runs on this machine."""
    return bundling.build(stage_named("local"), OPENAPI)


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Lambda's Python comes with: boto3 and what it needs."""
    folder = tmp_path_factory.mktemp("runtime")
    site = Path(sysconfig.get_path("purelib"))
    for package in RUNTIME_PACKAGES:
        (folder / package).symlink_to(site / package)
    return folder


def _bundles(artifacts: Artifacts) -> list[Path]:
    return [artifacts.core, artifacts.dependencies, artifacts.contacts, *artifacts.functions.values()]


def _sources(artifacts: Artifacts) -> Iterator[Path]:
    for bundle in _bundles(artifacts):
        yield from bundle.rglob("*.py")


def _bytecode_of(source: Path) -> Path:
    return source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"


def test_every_function_of_the_catalogue_has_its_folder_and_no_folder_is_forgotten() -> None:
    """What is written is deployed, and what is deployed is written."""
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/handler.py")}
    assert set(FUNCTION_NAMES) == folders


def test_every_source_ships_with_its_bytecode(deployed: Artifacts) -> None:
    """Lambda's folders are read-only: a source without bytecode is compiled again at every cold start."""
    assert [] == [source for source in _sources(deployed) if not _bytecode_of(source).is_file()]


def test_no_bytecode_is_compared_with_its_source(deployed: Artifacts) -> None:
    """Time stamps do not survive the zip: the bytecode says that nobody needs to look."""
    flags = {struct.unpack("<I", _bytecode_of(source).read_bytes()[4:8])[0] for source in _sources(deployed)}
    assert {UNCHECKED_HASH} == flags


def test_bundles_do_not_name_the_machine_they_were_built_on(deployed: Artifacts) -> None:
    """Paths inside bytecode are relative to the bundle."""
    home = str(ROOT).encode()
    assert [] == [source for source in _sources(deployed) if home in _bytecode_of(source).read_bytes()]


def test_bundles_hold_nothing_that_is_not_needed(deployed: Artifacts) -> None:
    """No boto3 (the runtime has it), no tests, stubs, scripts or installer's notes."""
    names = {path.relative_to(bundle) for bundle in _bundles(deployed) for path in bundle.rglob("*")}
    assert [] == [name for name in names if name.parts[:2] in {("python", "boto3"), ("python", "botocore"), ("python", "bin")}]
    assert [] == [name for name in names if name.suffix in {".pyi", ".pyx", ".c", ".h"} or "tests" in name.parts]
    assert {"METADATA"} == {name.name for name in names if name.parent.suffix == ".dist-info"}


@pytest.mark.parametrize("name", FUNCTION_NAMES)
def test_a_function_ships_its_own_folder_alone(deployed: Artifacts, name: str) -> None:
    """Neither another function nor the product: that is the core layer."""
    bundle = deployed.functions[name]
    shipped = {path.relative_to(bundle).parts[:2] for path in bundle.rglob("*") if path.is_file()}
    assert {("functions", "__init__.py"), ("functions", "__pycache__"), ("functions", name)} == shipped


def test_the_reference_ships_the_interface_document(deployed: Artifacts) -> None:
    """It answers with the committed document."""
    shipped = deployed.functions["reference"] / "functions" / "reference" / "openapi.json"
    assert OPENAPI.read_bytes() == shipped.read_bytes()


def test_the_dependencies_layer_is_small(deployed: Artifacts) -> None:
    """At most 6 MB zipped: it is unpacked at every cold start."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(deployed.dependencies.rglob("*")):
            archive.write(path, path.relative_to(deployed.dependencies))
    assert packed.tell() <= DEPENDENCIES_BYTES_MAX


def test_bundles_are_byte_identical_across_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same sources and locks give the same bytes, so an unchanged function is not deployed again."""
    built = bundling.build(stage_named("local"), OPENAPI)
    monkeypatch.setattr(bundling, "CACHE", tmp_path)
    again = bundling.build(stage_named("local"), OPENAPI)
    pairs = [(one, other) for one, other in zip(_bundles(built), _bundles(again), strict=True) if one.name == other.name]
    assert len(pairs) > len(FUNCTION_NAMES) // 2  # who saves a file while this runs makes another bundle
    assert [_digest(one) for one, _ in pairs] == [_digest(other) for _, other in pairs]


def _digest(bundle: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in bundle.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(bundle)} {path.stat().st_mode}\0".encode() + path.read_bytes())
    return digest.hexdigest()


@pytest.mark.parametrize("name", FUNCTION_NAMES)
def test_a_handler_imports_with_exactly_its_layers(runnable: Artifacts, runtime: Path, name: str) -> None:
    """Python without site packages, the function, its layers and boto3: what it needs beyond would fail in Lambda too."""
    layers = [runnable.core, runnable.dependencies, *([runnable.contacts] if function_named(name).contacts else [])]
    path = [str(runnable.functions[name]), *(str(layer / "python") for layer in layers), str(runtime)]
    program = f"import sys; sys.path += {path!r}; from functions.{name}.handler import lambda_handler"
    done = subprocess.run([sys.executable, "-I", "-S", "-B", "-c", program], capture_output=True, text=True, check=False)  # noqa: S603
    assert "" == done.stderr


def test_bundles_come_from_the_cache_when_nothing_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second build neither installs nor compiles."""
    runnable = bundling.build(stage_named("local"), OPENAPI)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("nothing is to be built"))
    assert runnable == bundling.build(stage_named("local"), OPENAPI)
