"""Committed changes leave through the tables' streams: ``relay_events`` puts each on the bus at least once."""

from aws_cdk import Duration, aws_events, aws_lambda
from constructs import Construct

from infra.constructs.alarms import Alarms
from infra.constructs.function import RegularsFunction
from infra.constructs.queues import DeadLetterQueue
from infra.constructs.tables import Tables
from infra.stage import Stage

BATCH_SIZE = 100
RETRIES_MAX = 20
RECORD_AGE_MAX = Duration.hours(12)
BATCHES_IN_PARALLEL = 2


class EventRelay(Construct):
    """The bus and the relay. A record that keeps failing is isolated by halving its batch and then set aside."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        tables: Tables,
        relay: RegularsFunction,
        alarms: Alarms,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bus = aws_events.EventBus(self, "Bus", event_bus_name=f"regulars-{stage.name}")
        relay.allow(["events:PutEvents"], [self.bus.event_bus_arn])
        relay.add_environment("EVENT_BUS_NAME", self.bus.event_bus_name)
        self.dead_letters = DeadLetterQueue(self, "DeadLetters", alarms=alarms)
        relay.allow(["sqs:SendMessage"], [self.dead_letters.queue.queue_arn])
        tables.grant_stream(relay)
        for name, table in tables.streaming.items():
            self._mapping(name, str(table.table_stream_arn), relay, stage)
        alarms.on_failures_of(relay)
        alarms.on_lag_of(relay, Duration.minutes(5))

    def _mapping(self, name: str, stream_arn: str, relay: RegularsFunction, stage: Stage) -> None:
        mapping = aws_lambda.CfnEventSourceMapping(
            self,
            f"From{name.capitalize()}",
            function_name=relay.target.function_arn,
            event_source_arn=stream_arn,
            starting_position="TRIM_HORIZON",
            batch_size=BATCH_SIZE,
            maximum_batching_window_in_seconds=0 if stage.is_local else 1,
            parallelization_factor=BATCHES_IN_PARALLEL,
            bisect_batch_on_function_error=True,
            function_response_types=["ReportBatchItemFailures"],
            maximum_retry_attempts=RETRIES_MAX,
            maximum_record_age_in_seconds=int(RECORD_AGE_MAX.to_seconds()),
            destination_config=aws_lambda.CfnEventSourceMapping.DestinationConfigProperty(
                on_failure=aws_lambda.CfnEventSourceMapping.OnFailureProperty(destination=self.dead_letters.queue.queue_arn)
            ),
            filter_criteria=aws_lambda.CfnEventSourceMapping.FilterCriteriaProperty(
                filters=[aws_lambda.CfnEventSourceMapping.FilterProperty(pattern='{"eventName": ["INSERT", "MODIFY"]}')]
            ),
        )
        mapping.node.add_dependency(relay.role)
