"""Committed changes leave through the tables' streams: ``relay_events`` puts each on the bus at least once."""

from aws_cdk import Duration, aws_events
from constructs import Construct

from infra.constructs.alarms import Alarms
from infra.constructs.function import RegularsFunction
from infra.constructs.queues import DeadLetterQueue
from infra.constructs.streams import read_stream
from infra.constructs.tables import Tables
from infra.stage import Stage


class EventRelay(Construct):
    """The bus and the relay."""

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
            relay.add_environment(f"TABLE_{name.upper()}", table.table_name)  # a record names its table, not its context
            read_stream(
                self,
                f"From{name.capitalize()}",
                stream_arn=str(table.table_stream_arn),
                reader=relay,
                stage=stage,
                dead_letters=self.dead_letters.queue,
                pattern='{"eventName": ["INSERT", "MODIFY"]}',
            )
        alarms.on_failures_of(relay)
        alarms.on_lag_of(relay, Duration.minutes(5))
