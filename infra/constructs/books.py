"""The books: ``total_points`` adds the ledger's entries up by day and tier, ``check_ledger`` proves the ledger once a day, and
``recount_books`` mends the books."""

from aws_cdk import Duration, aws_cloudwatch
from constructs import Construct

from infra.constructs.alarms import Alarms
from infra.constructs.function import METRICS_NAMESPACE, RegularsFunction
from infra.constructs.queues import DeadLetterQueue, WorkQueue
from infra.constructs.schedules import DailyMessage
from infra.constructs.streams import read_stream
from infra.constructs.tables import Tables
from infra.stage import CHECK_CRON, Stage

_LEDGER = "accounts"
# Only entries count, and an entry is put once: everything else of the stream costs no invocation.
_ENTRIES = '{"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "ENTRY#"}]}}}}'
CHECK_MESSAGE = {"job": "check_ledger"}
DIFFERENCES_METRIC = "LedgerDifferences"


class Books(Construct):
    """Stream → ``total_points`` → books; Scheduler → queue → ``check_ledger``, which reads all of the ledger and writes nothing.

    ``recount_books`` counts what the books missed; nothing but a person invokes it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        tables: Tables,
        total: RegularsFunction,
        check: RegularsFunction,
        recount: RegularsFunction,
        alarms: Alarms,
    ) -> None:
        super().__init__(scope, construct_id)
        self._count(stage, tables, total, alarms)
        self.work = WorkQueue(self, "Check", worker=check, alarms=alarms, batch_size=1, workers_max=2, waits_at_most=Duration.hours(6))
        check.allow(["sqs:SendMessage"], [self.work.queue.queue_arn])
        check.add_environment("CHECK_QUEUE_URL", self.work.queue.queue_url)
        alarms.on_failures_of(recount)
        for reader in (check, recount):
            reader.allow(["dynamodb:Scan"], [tables.tables[_LEDGER].table_arn])
        self.daily = DailyMessage(
            self, "Daily", description="Proves the ledger", cron=CHECK_CRON, queue=self.work.queue, message=CHECK_MESSAGE, alarms=alarms
        )
        differences = aws_cloudwatch.Metric(
            namespace=METRICS_NAMESPACE,
            metric_name=DIFFERENCES_METRIC,
            dimensions_map={"service": check.spec.name},
            statistic="Maximum",
            period=Duration.minutes(5),
        )
        alarms.add(self, "Differences", differences, 1, "The ledger does not agree with itself: look into check_ledger's log group")

    def _count(self, stage: Stage, tables: Tables, total: RegularsFunction, alarms: Alarms) -> None:
        dead_letters = DeadLetterQueue(self, "DeadLetters", alarms=alarms)
        total.allow(["sqs:SendMessage"], [dead_letters.queue.queue_arn])
        tables.grant_stream(total, [_LEDGER])
        read_stream(
            self,
            "FromAccounts",
            stream_arn=str(tables.tables[_LEDGER].table_stream_arn),
            reader=total,
            stage=stage,
            dead_letters=dead_letters.queue,
            pattern=_ENTRIES,
        )
        alarms.on_failures_of(total)
        alarms.on_lag_of(total, Duration.hours(1))
