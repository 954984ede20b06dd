"""The layers functions share: the product itself and two sets of third-party packages."""

from pathlib import Path

from aws_cdk import RemovalPolicy, aws_lambda
from constructs import Construct

from infra.bundling import Artifacts
from infra.catalogue import FunctionSpec
from infra.stage import Stage


class Layers(Construct):
    """The ``core``, ``dependencies`` and ``contacts`` layers."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage, artifacts: Artifacts) -> None:
        super().__init__(scope, construct_id)
        self._stage = stage
        self._core = self._layer("Core", artifacts.core, "Regulars itself")
        self._dependencies = self._layer("Dependencies", artifacts.dependencies, "Packages of every function")
        self._contacts = self._layer("Contacts", artifacts.contacts, "Packages of the functions that handle contacts")

    def of(self, spec: FunctionSpec) -> list[aws_lambda.ILayerVersion]:
        """The layers this function needs, no more."""
        return [self._core, self._dependencies, *([self._contacts] if spec.contacts else [])]

    def _layer(self, name: str, bundle: Path, description: str) -> aws_lambda.LayerVersion:
        return aws_lambda.LayerVersion(
            self,
            name,
            code=aws_lambda.Code.from_asset(str(bundle)),
            compatible_runtimes=[aws_lambda.Runtime.PYTHON_3_13],
            compatible_architectures=[architecture_of(self._stage)],
            description=description,
            removal_policy=RemovalPolicy.DESTROY,
        )


def architecture_of(stage: Stage) -> aws_lambda.Architecture:
    """The processor the stage's functions run on."""
    return aws_lambda.Architecture.ARM_64 if stage.architecture == "arm64" else aws_lambda.Architecture.X86_64
