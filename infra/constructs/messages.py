"""Every event goes to the queue ``deliver``, from which ``deliver_messages`` tells members what concerns them."""

from aws_cdk import Aws, Duration, aws_events, aws_events_targets, aws_iam, aws_ses
from constructs import Construct

from infra.constructs.alarms import Alarms
from infra.constructs.events import EventRelay
from infra.constructs.function import RegularsFunction
from infra.constructs.queues import DeadLetterQueue, WorkQueue
from infra.stage import Stage

SOURCE_PREFIX = "regulars"
# One of these follows every purchase and nobody is told of it: it would be half of all the queue's work. A job is no news to members.
NOT_DELIVERED = ("PointsEarned", "JobRequested")


class MessageDelivery(Construct):
    """Bus rule → queue → ``deliver_messages`` → e-mail (SES) and SMS (SNS)."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        events: EventRelay,
        deliver: RegularsFunction,
        alarms: Alarms,
    ) -> None:
        super().__init__(scope, construct_id)
        self.work = WorkQueue(
            self,
            "Deliver",
            worker=deliver,
            alarms=alarms,
            batch_size=10,
            workers_max=10,
            waits_at_most=Duration.minutes(10),
        )
        deliver.add_environment("DELIVER_QUEUE_URL", self.work.queue.queue_url)
        self._rule(events, alarms)
        self._sender(stage, deliver)
        alarms.on_spending_for_sms(self, stage.sms_spending_alarm_usd)

    def _rule(self, events: EventRelay, alarms: Alarms) -> None:
        unroutable = DeadLetterQueue(self, "Unroutable", alarms=alarms)
        aws_events.Rule(
            self,
            "Rule",
            event_bus=events.bus,
            event_pattern=aws_events.EventPattern(
                source=aws_events.Match.prefix(SOURCE_PREFIX),
                detail_type=aws_events.Match.anything_but(*NOT_DELIVERED),
            ),
            targets=[
                aws_events_targets.SqsQueue(
                    self.work.queue,
                    dead_letter_queue=unroutable.queue,
                    retry_attempts=50,
                    max_event_age=Duration.hours(12),
                )
            ],
        )

    def _sender(self, stage: Stage, deliver: RegularsFunction) -> None:
        aws_ses.EmailIdentity(self, "Sender", identity=aws_ses.Identity.email(stage.sender_email))
        identity = f"arn:{Aws.PARTITION}:ses:{Aws.REGION}:{Aws.ACCOUNT_ID}:identity/{stage.sender_email}"
        deliver.allow(["ses:SendEmail"], [identity])
        deliver.add_environment("SENDER_EMAIL", stage.sender_email)
        # A phone number has no ARN: everything but topics is the narrowest that exists.
        deliver.role.add_to_policy(aws_iam.PolicyStatement(actions=["sns:Publish"], not_resources=[f"arn:{Aws.PARTITION}:sns:*:*:*"]))
