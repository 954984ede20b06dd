"""The nightly jobs: schedules put one message each on the queue ``settle``, and ``settle_accounts`` does the rest."""

from aws_cdk import Duration
from constructs import Construct

from infra.constructs.alarms import Alarms
from infra.constructs.function import RegularsFunction
from infra.constructs.queues import WorkQueue
from infra.constructs.schedules import DailyMessage
from infra.stage import REVIEW_CRON, SETTLEMENT_CRON

NIGHT_MESSAGE = {"job": "settle_accounts"}
REVIEW_MESSAGE = {"job": "review_tiers"}


class Settlement(Construct):
    """Scheduler → queue → ``settle_accounts``, which sends itself one message per shard and its continuations."""

    def __init__(self, scope: Construct, construct_id: str, *, settle: RegularsFunction, shards: int, alarms: Alarms) -> None:
        super().__init__(scope, construct_id)
        self.work = WorkQueue(
            self,
            "Settle",
            worker=settle,
            alarms=alarms,
            batch_size=1,
            workers_max=shards,
            waits_at_most=Duration.hours(1),
        )
        settle.allow(["sqs:SendMessage"], [self.work.queue.queue_arn])
        settle.add_environment("SETTLE_QUEUE_URL", self.work.queue.queue_url)
        queue = self.work.queue
        self.nightly = DailyMessage(
            self,
            "Nightly",
            description="Settles every account that has something due",
            cron=SETTLEMENT_CRON,
            queue=queue,
            message=NIGHT_MESSAGE,
            alarms=alarms,
        )
        self.review = DailyMessage(
            self,
            "Review",
            description="Settles every account once under a new version of the programme",
            cron=REVIEW_CRON,
            queue=queue,
            message=REVIEW_MESSAGE,
            alarms=alarms,
        )
