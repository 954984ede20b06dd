"""One Lambda function: its size, layers, log group and a role that starts with the right to log and nothing else."""

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy, aws_iam, aws_lambda, aws_logs
from constructs import Construct

from infra.acknowledgements import FUNCTION, SNAP_START, acknowledge
from infra.bundling import Artifacts
from infra.catalogue import FunctionSpec
from infra.constructs.layers import Layers, architecture_of
from infra.stage import Stage

METRICS_NAMESPACE = "Regulars"


class RegularsFunction(Construct):
    """A function of the catalogue. Rights are added by the capability that gives them, as named actions.

    ``target`` is what triggers call: the function, or its published alias in the stages with SnapStart.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        spec: FunctionSpec,
        stage: Stage,
        layers: Layers,
        artifacts: Artifacts,
    ) -> None:
        super().__init__(scope, construct_id)
        self.spec = spec
        self._snap_starts = stage.snap_start and spec.http
        self.log_group = aws_logs.LogGroup(self, "Logs", retention=log_retention_of(stage), removal_policy=removal_policy_of(stage))
        self.role = aws_iam.Role(self, "Role", assumed_by=aws_iam.ServicePrincipal("lambda.amazonaws.com"))
        self.function = self._function(stage, layers, artifacts)
        self.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [self.log_group.log_group_arn])
        self.target = self._target()

    def allow(self, actions: Sequence[str], resources: Sequence[str]) -> None:
        """Adds named actions on named resources to the function's role."""
        self.role.add_to_policy(aws_iam.PolicyStatement(actions=list(actions), resources=list(resources)))

    def add_environment(self, name: str, value: str) -> None:
        """Gives the function one more setting."""
        self.function.add_environment(name, value)

    def _function(self, stage: Stage, layers: Layers, artifacts: Artifacts) -> aws_lambda.Function:
        function = aws_lambda.Function(
            self,
            "Function",
            runtime=aws_lambda.Runtime.PYTHON_3_13,
            architecture=architecture_of(stage),
            handler=f"functions.{self.spec.name}.handler.lambda_handler",
            code=aws_lambda.Code.from_asset(str(artifacts.functions[self.spec.name])),
            layers=layers.of(self.spec),
            memory_size=self.spec.memory_mib,
            timeout=Duration.seconds(self.spec.timeout_seconds),
            reserved_concurrent_executions=stage.reserved_concurrency.get(self.spec.name),
            role=self.role,
            log_group=self.log_group,
            logging_format=aws_lambda.LoggingFormat.JSON,
            snap_start=aws_lambda.SnapStartConf.ON_PUBLISHED_VERSIONS if self._snap_starts else None,
            environment=_environment(self.spec, stage),
        )
        acknowledge(function, FUNCTION)
        if self._snap_starts:
            acknowledge(function, SNAP_START)
        return function

    def _target(self) -> aws_lambda.IFunction:
        if not self._snap_starts:
            return self.function
        return aws_lambda.Alias(self, "Live", alias_name="live", version=self.function.current_version)


def removal_policy_of(stage: Stage) -> RemovalPolicy:
    """What becomes of the stage's data and logs when the stack is deleted."""
    return RemovalPolicy.RETAIN if stage.retained else RemovalPolicy.DESTROY


def _environment(spec: FunctionSpec, stage: Stage) -> dict[str, str]:
    environment = {
        "REGULARS_STAGE": stage.name,
        "POWERTOOLS_SERVICE_NAME": spec.name,
        "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE,
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "PYDANTIC_DISABLE_PLUGINS": "__all__",  # looking for plugins reads every package's metadata at each cold start
    }
    if stage.clock_file is not None:
        environment["CLOCK_FILE"] = stage.clock_file
    if spec.is_limited:
        environment |= {f"LIMIT_{name}": str(limit) for name, limit in stage.limits.items()}
    return environment


def log_retention_of(stage: Stage) -> aws_logs.RetentionDays:
    """How long the stage keeps logs; raises KeyError for a number of days CloudWatch does not offer."""
    by_days = {
        1: aws_logs.RetentionDays.ONE_DAY,
        14: aws_logs.RetentionDays.TWO_WEEKS,
        365: aws_logs.RetentionDays.ONE_YEAR,
    }
    return by_days[stage.log_retention_days]
