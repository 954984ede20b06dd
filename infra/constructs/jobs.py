"""What takes longer than a request: a job's event goes to the queue of its kind, whose worker goes on slice by slice."""

from aws_cdk import Duration, aws_events, aws_events_targets
from constructs import Construct

from infra.constructs.alarms import Alarms
from infra.constructs.events import EventRelay
from infra.constructs.function import RegularsFunction
from infra.constructs.queues import DeadLetterQueue, WorkQueue

EVENT = "JobRequested"


class Job(Construct):
    """Bus rule → queue → worker, which sends itself what is left after a slice."""

    def __init__(
        self, scope: Construct, construct_id: str, *, kind: str, worker: RegularsFunction, events: EventRelay, alarms: Alarms
    ) -> None:
        super().__init__(scope, construct_id)
        self.work = WorkQueue(self, "Work", worker=worker, alarms=alarms, batch_size=1, workers_max=2, waits_at_most=Duration.hours(1))
        worker.allow(["sqs:SendMessage"], [self.work.queue.queue_arn])
        worker.add_environment("JOB_QUEUE_URL", self.work.queue.queue_url)
        unroutable = DeadLetterQueue(self, "Unroutable", alarms=alarms)
        aws_events.Rule(
            self,
            "Rule",
            event_bus=events.bus,
            event_pattern=aws_events.EventPattern(source=["regulars.accounts"], detail_type=[EVENT], detail={"kind": [kind]}),
            targets=[
                aws_events_targets.SqsQueue(
                    self.work.queue, dead_letter_queue=unroutable.queue, retry_attempts=50, max_event_age=Duration.hours(12)
                )
            ],
        )
