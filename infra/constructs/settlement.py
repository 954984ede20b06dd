"""The nightly job: a schedule puts one message on the queue ``settle``, and ``settle_accounts`` does the rest."""

from aws_cdk import Duration, TimeZone, aws_scheduler, aws_scheduler_targets
from constructs import Construct

from infra.constructs.alarms import Alarms
from infra.constructs.function import RegularsFunction
from infra.constructs.queues import DeadLetterQueue, WorkQueue
from infra.stage import SETTLEMENT_CRON, TIME_ZONE

# What is due is found by our own clock: the message only says that it is time to look.
NIGHT_MESSAGE = {"job": "settle_accounts"}


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
        missed = DeadLetterQueue(self, "Missed", alarms=alarms)
        self.schedule = aws_scheduler.Schedule(
            self,
            "Nightly",
            description="Settles every account that has something due",
            schedule=aws_scheduler.ScheduleExpression.cron(**SETTLEMENT_CRON, time_zone=TimeZone.of(TIME_ZONE)),
            target=aws_scheduler_targets.SqsSendMessage(
                self.work.queue,
                input=aws_scheduler.ScheduleTargetInput.from_object(NIGHT_MESSAGE),
                dead_letter_queue=missed.queue,
                retry_attempts=20,
                max_event_age=Duration.hours(6),
            ),
        )
