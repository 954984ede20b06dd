"""A small HTTP proxy between one worker and the emulator's DynamoDB: what goes through it may be lost, late, refused or mangled."""

import contextlib
import http.client
import json
import socket
import threading
import time
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.simulation.processes.weather import Fault, Weather

_PREFIX = "com.amazonaws.dynamodb.v20120810#"
_LONGEST_DELAY_SECONDS = 0.15
_OVERTAKING_SECONDS = 0.4

type Reply = tuple[int, bytes]


class Proxy:
    """The proxy of one worker; `crash` ends the worker at once."""

    def __init__(self, worker: int, upstream: str, weather: Weather, crash: Callable[[], None]) -> None:
        self.worker = worker
        self.weather = weather
        self.crash = crash
        self.late: list[threading.Thread] = []
        self._upstream = urlsplit(upstream)
        self._server = _Server(self)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def endpoint_url(self) -> str:
        """Where the worker finds it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        """Closes the proxy."""
        self.wait()
        self._server.shutdown()
        self._server.server_close()

    def wait(self) -> None:
        """Waits until nothing that was overtaken is under way any more."""
        for thread in self.late:
            thread.join()
        self.late.clear()

    def forward(self, headers: dict[str, str], body: bytes) -> Reply:
        """Asks the emulator."""
        assert self._upstream.hostname
        connection = http.client.HTTPConnection(self._upstream.hostname, self._upstream.port, timeout=30)
        with contextlib.closing(connection):
            connection.request("POST", "/", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, proxy: Proxy) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.proxy = proxy

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A worker that was killed leaves its connections as they are."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base's name
        """Nothing is logged."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in {"host", "content-length", "connection"}}
        operation = headers.get("X-Amz-Target", "").rpartition(".")[2]
        proxy, weather = self.server.proxy, self.server.proxy.weather
        fault = weather.fault(proxy.worker, operation)
        if fault is None:
            self._answer(*proxy.forward(headers, body))
        elif fault in _REFUSALS:
            self._answer(*_REFUSALS[fault](body))
        else:
            self._fail(fault, weather.chance(), headers, body)

    def _fail(self, fault: Fault, chance: float, headers: dict[str, str], body: bytes) -> None:
        """What no answer of the service's own is."""
        proxy = self.server.proxy
        if fault is Fault.DELAYED:
            time.sleep(chance * _LONGEST_DELAY_SECONDS)
            self._answer(*proxy.forward(headers, body))
        elif fault is Fault.OVERTAKEN:
            self._hang_up()
            late = threading.Thread(target=_forward_late, args=(proxy, chance * _OVERTAKING_SECONDS, headers, body))
            proxy.late.append(late)
            late.start()
        elif fault in {Fault.TRUNCATED, Fault.CORRUPTED, Fault.LOST_ANSWER, Fault.CRASH_AFTER}:
            self._mangle(fault, *proxy.forward(headers, body))
        else:
            if fault is Fault.CRASH_BEFORE:
                proxy.crash()
            self._hang_up()

    def _mangle(self, fault: Fault, status: int, content: bytes) -> None:
        """The service did its work; the worker hears half of it, something else, or nothing."""
        if fault is Fault.CRASH_AFTER:
            self.server.proxy.crash()
        if fault is Fault.CORRUPTED:
            place = len(content) // 2
            self._answer(status, content[:place] + bytes((content[place] ^ 1,)) + content[place + 1 :], zlib.crc32(content))
        elif fault is Fault.TRUNCATED:
            self._answer(status, content, cut=len(content) // 2)
            self._hang_up()
        else:
            self._hang_up()

    def _answer(self, status: int, content: bytes, checksum: int | None = None, cut: int | None = None) -> None:
        """DynamoDB tells the checksum of each answer."""
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("x-amz-crc32", str(zlib.crc32(content) if checksum is None else checksum))
        self.end_headers()
        self.wfile.write(content[:cut])

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


def _forward_late(proxy: Proxy, seconds: float, headers: dict[str, str], body: bytes) -> None:
    """The worker has given this request up, or sent it again, when it comes."""
    time.sleep(seconds)
    proxy.forward(headers, body)


def _refusal(status: int, code: str) -> Callable[[bytes], Reply]:
    content = json.dumps({"__type": _PREFIX + code, "message": "not now"}).encode()
    return lambda _body: (status, content)


def _conflict(body: bytes) -> Reply:
    """One of the transaction's items is in another transaction."""
    count = len(json.loads(body)["TransactItems"])
    reasons = [{"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}, *[{"Code": "None"}] * (count - 1)]
    content = {"__type": f"{_PREFIX}TransactionCanceledException", "Message": "cancelled", "CancellationReasons": reasons}
    return 400, json.dumps(content).encode()


_REFUSALS: dict[Fault, Callable[[bytes], Reply]] = {
    Fault.SERVER_ERROR: _refusal(500, "InternalServerError"),
    Fault.UNAVAILABLE: _refusal(503, "ServiceUnavailable"),
    Fault.THROTTLED: _refusal(400, "ProvisionedThroughputExceededException"),
    Fault.TRANSACTION_IN_PROGRESS: _refusal(400, "TransactionInProgressException"),
    Fault.TRANSACTION_CONFLICT: _conflict,
}
