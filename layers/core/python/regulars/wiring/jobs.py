"""The objects behind what takes longer than a request."""

import time
from functools import cached_property
from typing import TYPE_CHECKING

from regulars.wiring.accounts import AccountsWiring

if TYPE_CHECKING:
    from regulars.accounts.jobs.dynamodb import DynamoJobStore
    from regulars.accounts.jobs.exports import Exports
    from regulars.accounts.jobs.import_lines import LineImporter
    from regulars.accounts.jobs.imports import Imports
    from regulars.accounts.jobs.service import Job
    from regulars.accounts.jobs.simulations import Simulations
    from regulars.aws.files import S3Files
    from regulars.aws.queues import JsonQueue


class JobsWiring(AccountsWiring):
    """Simulations, imports and exports."""

    @cached_property
    def jobs(self) -> "DynamoJobStore":
        """Simulations, imports and exports on their way."""
        from regulars.accounts.jobs.dynamodb import DynamoJobStore

        return DynamoJobStore(self.table("accounts"))

    @cached_property
    def job_queue(self) -> "JsonQueue[Job]":
        """The worker's own queue, for what it could not finish in one go."""
        from regulars.accounts.jobs.service import message_of

        return self.queue("job", message_of)

    @cached_property
    def simulations(self) -> "Simulations":
        """Programmes tried on what happened."""
        from regulars.accounts.jobs.simulations import Simulations

        return Simulations(
            self.jobs,
            self.ledger,
            self.program.history,
            lambda version_id: self.program_versions.read(version_id).programme,
            self.clock,
            new_id=self.new_id,
            stopwatch=time.monotonic,
        )

    @cached_property
    def files(self) -> "S3Files":
        """The installation's own bucket."""
        from regulars.aws.files import S3Files

        return S3Files(self.client("s3"), self.settings["FILES_BUCKET"])

    def line_importer(self) -> "LineImporter":
        """What records the lines of an import."""
        from regulars.accounts.jobs.import_lines import LineImporter

        return LineImporter(self.accounts, self.operations, lambda: self.member_imports)

    @cached_property
    def imports(self) -> "Imports":
        """Members, opening balances and purchases from a file."""
        from regulars.accounts.jobs.imports import Imports

        return Imports(self.jobs, self.files, self.line_importer, self.clock, new_id=self.new_id, stopwatch=time.monotonic)

    @cached_property
    def exports(self) -> "Exports":
        """The ledger of a period as files."""
        from regulars.accounts.jobs.exports import Exports

        return Exports(self.jobs, self.files, self.ledger, self.program.history, self.clock, new_id=self.new_id, stopwatch=time.monotonic)
