"""A work queue with everything an asynchronous path owes: bounded tries, a dead-letter queue and the alarms on both."""

from aws_cdk import Duration, aws_lambda, aws_sqs
from constructs import Construct

from infra.acknowledgements import DEAD_LETTER_QUEUE, QUEUE_MAPPING, acknowledge
from infra.constructs.alarms import Alarms
from infra.constructs.function import RegularsFunction

TRIES_MAX = 5
DEAD_LETTERS_KEPT_FOR = Duration.days(14)


class DeadLetterQueue(Construct):
    """Where a path puts what it gave up on: kept 14 days, and the first message raises the alarm."""

    def __init__(self, scope: Construct, construct_id: str, *, alarms: Alarms) -> None:
        super().__init__(scope, construct_id)
        self.queue = aws_sqs.Queue(
            self,
            "Queue",
            retention_period=DEAD_LETTERS_KEPT_FOR,
            encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
        acknowledge(self.queue, DEAD_LETTER_QUEUE)
        alarms.on_messages_in(self, self.queue)


class WorkQueue(Construct):
    """Feeds one function, batch by batch, and takes back only the messages that failed.

    A message is hidden six times as long as the function may run, so that no second worker gets it meanwhile.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        worker: RegularsFunction,
        alarms: Alarms,
        batch_size: int,
        workers_max: int,
        waits_at_most: Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = DeadLetterQueue(self, "DeadLetters", alarms=alarms)
        self.queue = aws_sqs.Queue(
            self,
            "Queue",
            visibility_timeout=Duration.seconds(worker.spec.timeout_seconds * 6),
            retention_period=Duration.days(4),
            encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            dead_letter_queue=aws_sqs.DeadLetterQueue(queue=self.dead_letters.queue, max_receive_count=TRIES_MAX),
        )
        worker.allow(
            ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"],
            [self.queue.queue_arn],
        )
        mapping = aws_lambda.EventSourceMapping(
            self,
            "Mapping",
            target=worker.target,
            event_source_arn=self.queue.queue_arn,
            batch_size=batch_size,
            max_concurrency=workers_max,
            report_batch_item_failures=True,
        )
        mapping.node.add_dependency(worker.role)
        acknowledge(mapping, QUEUE_MAPPING)
        alarms.on_age_of(self, self.queue, waits_at_most)
        alarms.on_failures_of(worker)
