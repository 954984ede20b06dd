"""How many instructions a program takes: counted, so that a busy machine gives the same figure; and the programs of bar 8."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_COLLECTED = re.compile(r"Collected : (\d+)")


class NotCountableError(Exception):
    """There is nothing on this machine that counts instructions; the message says what was looked for."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """This Python, with nothing on its path but the standard library and the folders given."""

    environment: Mapping[str, str]

    def instructions(self, program: str, folders: Sequence[Path] = ()) -> int:
        """The instructions of a program from start to end, after a first run that leaves bytecode of what had none.

        Raises:
            NotCountableError: there is neither valgrind nor a counter in perf.
            AssertionError: the program failed.
        """
        code = f"import sys; sys.path[:0] = {[str(folder) for folder in folders]!r}\n{program}"
        self._run([], code)
        if shutil.which("valgrind"):
            told = self._run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"], code)
            return int(_COLLECTED.findall(told)[-1])
        return self._by_perf(code)

    def _by_perf(self, code: str) -> int:
        if not shutil.which("perf"):
            raise NotCountableError("neither valgrind nor perf is installed")
        fields = self._run(["perf", "stat", "-x", ",", "-e", "instructions:u"], code).strip().splitlines()[-1].split(",")
        if not fields[0].isdigit():
            raise NotCountableError("valgrind is not installed, and perf has no counter of instructions here")
        return int(fields[0])

    def _run(self, tool: Sequence[str], code: str) -> str:
        command = [*tool, sys.executable, "-S", "-s", "-P", "-c", code]
        environment = {"PYTHONHASHSEED": "0", **self.environment}
        done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=False)  # noqa: S603  # this Python
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stderr


BOTO3_CLIENT = "import boto3\nboto3.client('dynamodb')"
"""The unit: what every function that uses boto3 pays at least."""

INIT = """
import functions.accounts.handler as handler
from regulars.wiring import wiring
wiring().accounts
client = wiring().client("dynamodb")
"""
"""The function with its service and its client built."""


def first_purchase(account: Mapping[str, object], event: Mapping[str, object]) -> str:
    """`INIT`, then one purchase whose calls are answered inside the process, just before they would be sent."""
    answers = {"GetItem": {"Item": account}, "Query": {"Items": [], "Count": 0}, "TransactWriteItems": {}}
    return f"""{INIT}
import io, json
from botocore.awsrequest import AWSResponse

class Body(io.BytesIO):
    def stream(self):
        yield self.read()

def answer(request, **_):
    operation = request.headers["X-Amz-Target"].decode().partition(".")[2]
    body = json.dumps(json.loads({json.dumps(answers)!r})[operation]).encode()
    return AWSResponse(request.url, 200, {{"content-type": "application/x-amz-json-1.0"}}, Body(body))

client.meta.events.register("before-send.dynamodb", answer)
response = handler.lambda_handler(json.loads({json.dumps(event)!r}), None)
assert response["statusCode"] == 201, response
"""
