"""The stack ``Regulars-<stage>``: composes the capabilities and names what the outside has to know."""

from collections.abc import Sequence

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra.bundling import Artifacts
from infra.catalogue import FUNCTIONS
from infra.constructs.alarms import Alarms
from infra.constructs.books import Books
from infra.constructs.dashboard import Dashboard
from infra.constructs.events import EventRelay
from infra.constructs.files import Files
from infra.constructs.function import RegularsFunction
from infra.constructs.http_api import HttpApi
from infra.constructs.identity import Identity
from infra.constructs.jobs import Job
from infra.constructs.keys import Keys
from infra.constructs.layers import Layers
from infra.constructs.messages import MessageDelivery
from infra.constructs.settlement import Settlement
from infra.constructs.tables import Tables
from infra.interface import Route
from infra.stage import Stage

JOBS = {"simulation": "simulate_program", "import": "import_lines", "export": "export_ledger"}
"""The worker of each kind of job."""


class PlatformStack(Stack):
    """Everything one stage of Regulars consists of."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage, artifacts: Artifacts, routes: Sequence[Route]) -> None:
        super().__init__(scope, construct_id, termination_protection=stage.retained)
        self.alarms = Alarms(self, "Alarms", stage=stage)
        self.keys = Keys(self, "Keys", stage=stage)
        self.tables = Tables(self, "Tables", stage=stage, keys=self.keys)
        self.identity = Identity(self, "Identity", stage=stage)
        self.files = Files(self, "Files", stage=stage)
        self.functions = self._functions(stage, artifacts)
        self.api = HttpApi(self, "Api", stage=stage, routes=routes, functions=self.functions, identity=self.identity)
        self.events = EventRelay(
            self,
            "Events",
            stage=stage,
            tables=self.tables,
            relay=self.functions["relay_events"],
            alarms=self.alarms,
        )
        self.messages = MessageDelivery(
            self,
            "Messages",
            stage=stage,
            events=self.events,
            deliver=self.functions["deliver_messages"],
            alarms=self.alarms,
        )
        self._work(stage)
        self._watch(stage)
        self._name_outputs()

    def _work(self, stage: Stage) -> None:
        """What runs by schedule, by queue and by stream besides the relay."""
        self.settlement = Settlement(
            self, "Settlement", settle=self.functions["settle_accounts"], shards=stage.due_shards, alarms=self.alarms
        )
        self.jobs = {
            kind: Job(self, f"{kind.capitalize()}Job", kind=kind, worker=self.functions[name], events=self.events, alarms=self.alarms)
            for kind, name in JOBS.items()
        }
        self.books = Books(
            self,
            "Books",
            stage=stage,
            tables=self.tables,
            total=self.functions["total_points"],
            check=self.functions["check_ledger"],
            recount=self.functions["recount_books"],
            alarms=self.alarms,
        )

    def _functions(self, stage: Stage, artifacts: Artifacts) -> dict[str, RegularsFunction]:
        layers = Layers(self, "Layers", stage=stage, artifacts=artifacts)
        functions = {
            spec.name: RegularsFunction(self, f"{_pascal(spec.name)}Function", spec=spec, stage=stage, layers=layers, artifacts=artifacts)
            for spec in FUNCTIONS
        }
        for function in functions.values():
            self._grant(function, stage)
        return functions

    def _grant(self, function: RegularsFunction, stage: Stage) -> None:
        spec = function.spec
        self.tables.grant(function)
        self.files.grant(function)
        self.identity.grant(function)
        if spec.data_key_actions:
            self.keys.grant_data_key(function, *spec.data_key_actions)
        if spec.reads_secret:
            self.keys.grant_root_secret(function)
        if "accounts" in spec.tables:
            function.add_environment("DUE_SHARDS", str(stage.due_shards))

    def _watch(self, stage: Stage) -> None:
        for function in self.functions.values():
            if function.spec.http:
                self.alarms.on_failures_of(function)
        self.alarms.on_failures_at_the_door(self.api, self.api.metric("5xx", "Sum"))
        self.dashboard = Dashboard(
            self,
            "Dashboard",
            stage=stage,
            functions=self.functions,
            tables=self.tables,
            alarms=self.alarms,
            api=self.api,
        )

    def _name_outputs(self) -> None:
        outputs = {
            "ApiId": self.api.api.ref,
            "ApiUrl": self.api.url,
            "UserPoolId": self.identity.pool.user_pool_id,
            "PeopleClientId": self.identity.people_client.user_pool_client_id,
            "EventBusName": self.events.bus.event_bus_name,
            "SettleQueueUrl": self.settlement.work.queue.queue_url,
            **{f"{kind.capitalize()}QueueUrl": job.work.queue.queue_url for kind, job in self.jobs.items()},
            "CheckQueueUrl": self.books.work.queue.queue_url,
            "FilesBucket": self.files.bucket.bucket_name,
            "DeliverQueueUrl": self.messages.work.queue.queue_url,
            "SecretName": self.keys.root_secret.secret_arn,
            "DataKeyId": self.keys.data.key_arn,
            "AlarmTopicArn": self.alarms.topic.topic_arn,
        }
        outputs |= {f"{_pascal(name)}ClientId": client.user_pool_client_id for name, client in self.identity.machine_clients.items()}
        outputs |= {f"Table{_pascal(name)}": table.table_name for name, table in self.tables.tables.items()}
        outputs |= {f"Function{_pascal(name)}": function.function.function_name for name, function in self.functions.items()}
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
