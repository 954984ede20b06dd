"""A message a day: a schedule puts it on a queue, and one that could not be put is kept and seen."""

from collections.abc import Mapping

from aws_cdk import Duration, TimeZone, aws_scheduler, aws_scheduler_targets, aws_sqs
from constructs import Construct

from infra.constructs.alarms import Alarms
from infra.constructs.queues import DeadLetterQueue
from infra.stage import TIME_ZONE

RETRIES_MAX = 20
MESSAGE_AGE_MAX = Duration.hours(6)


class DailyMessage(Construct):
    """What is to be done is found by our own clock: the message only says that it is time to look."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        cron: Mapping[str, str],
        queue: aws_sqs.Queue,
        message: Mapping[str, str],
        alarms: Alarms,
    ) -> None:
        super().__init__(scope, construct_id)
        missed = DeadLetterQueue(self, "Missed", alarms=alarms)
        self.schedule = aws_scheduler.Schedule(
            self,
            "Schedule",
            description=description,
            schedule=aws_scheduler.ScheduleExpression.cron(**cron, time_zone=TimeZone.of(TIME_ZONE)),
            target=aws_scheduler_targets.SqsSendMessage(
                queue,
                input=aws_scheduler.ScheduleTargetInput.from_object(dict(message)),
                dead_letter_queue=missed.queue,
                retry_attempts=RETRIES_MAX,
                max_event_age=MESSAGE_AGE_MAX,
            ),
        )
