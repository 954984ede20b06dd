"""One page for the operators: is the front door well, is work flowing, is anything lying where it should not."""

from collections.abc import Mapping

from aws_cdk import Duration, aws_cloudwatch
from constructs import Construct

from infra.constructs.alarms import Alarms
from infra.constructs.function import RegularsFunction
from infra.constructs.http_api import HttpApi
from infra.constructs.tables import Tables
from infra.stage import Stage

_PERIOD = Duration.minutes(5)


class Dashboard(Construct):
    """Alarms first, then the interface, the functions and the tables."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        functions: Mapping[str, RegularsFunction],
        tables: Tables,
        alarms: Alarms,
        api: HttpApi,
    ) -> None:
        super().__init__(scope, construct_id)
        self._functions = functions
        self.dashboard = aws_cloudwatch.Dashboard(
            self,
            "Page",
            dashboard_name=f"Regulars-{stage.name}",
            widgets=[
                [aws_cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms.made), width=24, height=6)],
                [self._api(api, "5xx", "Sum"), self._api(api, "4xx", "Sum"), self._api(api, "Latency", "p99")],
                [self._of_functions("Errors", "Sum"), self._of_functions("Duration", "p99")],
                [self._of_functions("Invocations", "Sum"), self._of_functions("ConcurrentExecutions", "Maximum")],
                [self._of_tables(tables, "ConsumedWriteCapacityUnits"), self._of_tables(tables, "WriteThrottleEvents")],
            ],
        )

    def _api(self, api: HttpApi, metric: str, statistic: str) -> aws_cloudwatch.IWidget:
        return aws_cloudwatch.GraphWidget(title=f"Interface: {metric}", left=[api.metric(metric, statistic)], width=8)

    def _of_functions(self, metric: str, statistic: str) -> aws_cloudwatch.IWidget:
        metrics = [
            function.function.metric(metric, period=_PERIOD, statistic=statistic, label=name) for name, function in self._functions.items()
        ]
        return aws_cloudwatch.GraphWidget(title=f"Functions: {metric}", left=list(metrics), width=12)

    def _of_tables(self, tables: Tables, metric: str) -> aws_cloudwatch.IWidget:
        metrics = [table.metric(metric, period=_PERIOD, statistic="Sum", label=name) for name, table in tables.tables.items()]
        return aws_cloudwatch.GraphWidget(title=f"Tables: {metric}", left=list(metrics), width=12)
