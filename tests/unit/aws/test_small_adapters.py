"""The small adapters: keys, the clock, outgoing events, clients, queues, faults, settings and the wiring's own switch."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from regulars.aws import clients
from regulars.aws.clock import file_clock, system_clock
from regulars.aws.faults import error_code, unavailable
from regulars.aws.files import S3Files
from regulars.aws.outbox import outgoing
from regulars.aws.queues import JsonQueue
from regulars.aws.secrets import KeyRing, stored_secret
from regulars.kernel.errors import UnavailableError
from regulars.program.events import ProgramVersionPublished
from regulars.settings import MissingSettingError, Settings, settings
from regulars.wiring import Wiring, use, wiring

SECRET = json.dumps({"root": "r" * 32})


def test_every_purpose_has_a_key_of_its_own() -> None:
    """32 bytes each, the same for the same secret; no key serves two purposes (S16)."""
    ring = KeyRing(lambda: SECRET)

    assert (32, 32) == (len(ring.key("code")), len(ring.key("index")))
    assert ring.key("code") != ring.key("index")
    assert KeyRing(lambda: SECRET).key("code") == ring.key("code")
    assert KeyRing(lambda: json.dumps({"root": "s" * 32})).key("code") != ring.key("code")


def test_a_signature_is_an_hmac_under_the_purposes_key() -> None:
    """Anybody with the secret can check it, in any language."""
    ring = KeyRing(lambda: SECRET)
    key = hmac.digest(b"r" * 32, b"regulars/card/1", "sha256")

    assert hmac.new(key, "熟客".encode(), hashlib.sha256).digest() == ring.sign("card", "熟客")


def test_the_secret_is_fetched_when_it_is_needed_and_once() -> None:
    """Building the key ring asks nobody."""
    asked: list[str] = []

    class StoredSecrets:
        def get_secret_value(self, **arguments: str) -> dict[str, str]:
            asked.append(arguments["SecretId"])
            return {"SecretString": SECRET}

    ring = KeyRing(stored_secret(StoredSecrets(), "regulars"))
    assert [] == asked
    ring.sign("code", "1")
    ring.sign("card", "2")
    assert ["regulars"] == asked


def test_the_system_clock_is_in_utc() -> None:
    """Aware, and now."""
    before = datetime.now(UTC)

    assert before <= system_clock() <= datetime.now(UTC)
    assert UTC == system_clock().tzinfo


def test_the_local_clock_is_moved_by_its_file(tmp_path: Path) -> None:
    """Real time without a file; ahead by an offset; standing where it is frozen."""
    path = tmp_path / "clock.json"
    now = file_clock(path)
    assert abs(now() - system_clock()) < timedelta(seconds=5)
    path.write_text('{"offset_seconds": 86400}')
    assert abs(now() - system_clock() - timedelta(days=1)) < timedelta(seconds=5)
    path.write_text('{"frozen_at": "2025-01-01T15:59:59Z"}')
    assert datetime(2025, 1, 1, 15, 59, 59, tzinfo=UTC) == now()


def test_only_the_local_stage_has_a_clock_that_moves(tmp_path: Path) -> None:
    """A clock file in the settings of any other stage is not looked at."""
    path = tmp_path / "clock.json"
    path.write_text('{"frozen_at": "2001-01-01T00:00:00Z"}')
    local, real = ({"REGULARS_STAGE": stage, "CLOCK_FILE": str(path)} for stage in ("local", "prod"))

    assert 2001 == Wiring(Settings(local)).clock().year
    assert system_clock is Wiring(Settings(real)).clock
    assert system_clock is Wiring(Settings({"REGULARS_STAGE": "local"})).clock


def test_outgoing_events_are_texts_that_name_their_type() -> None:
    """What `relay_events` reads: the type and the detail as it goes on the bus."""
    event = ProgramVersionPublished(
        event_id="evt_1", occurred_at=datetime(2025, 1, 1, tzinfo=UTC), version_id="ver_1", number=2,
        effective_from=datetime(2025, 2, 1, tzinfo=UTC),
    )  # fmt: skip
    (text,) = outgoing(event)
    content = json.loads(text)

    assert ("ProgramVersionPublished", 2) == (content["type"], content["detail"]["number"])
    assert event == ProgramVersionPublished.from_detail(content["detail"])
    assert [] == outgoing()


@pytest.mark.parametrize(("service", "attempts"), [("dynamodb", 3), ("sesv2", 1), ("sns", 1)])
def test_clients_state_their_time_outs_and_tries(aws_credentials: None, service: str, attempts: int) -> None:
    """Connect 1 s, read 3 s; a message is never sent again by itself; one client a process."""
    config = clients.client(service).meta.config

    assert (1, 3, attempts) == (config.connect_timeout, config.read_timeout, config.retries["total_max_attempts"])
    assert clients.client(service) is clients.client(service)


@pytest.mark.parametrize("region", ["eu-west-1", "ap-east-1", "cn-north-1"])
def test_addresses_of_files_are_signed_as_new_buckets_ask_for(aws_credentials: None, monkeypatch: pytest.MonkeyPatch, region: str) -> None:
    """Signature version 4, on the bucket's regional host: S3 takes no other of a bucket made since 2020, and a redirect breaks it."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    files = S3Files(clients.client.__wrapped__("s3"), "our-files")
    for url in (files.upload_url("uploads/a", 60), files.download_url("results/b", 60)):
        host, query = urlsplit(url).hostname or "", parse_qs(urlsplit(url).query)
        assert host.startswith(f"our-files.s3.{region}.amazonaws.com")
        assert ["AWS4-HMAC-SHA256"] == query.get("X-Amz-Algorithm")


class Queue:
    """Notes the batches it was sent; refuses a message's number."""

    def __init__(self, refused: str | None = None) -> None:
        self.batches: list[list[dict[str, str]]] = []
        self._refused = refused

    def send_message_batch(self, **arguments: Any) -> dict[str, Any]:
        self.batches.append(arguments["Entries"])
        failed = [{"Id": entry["Id"]} for entry in arguments["Entries"] if entry["Id"] == self._refused]
        return {"Failed": failed} if failed else {}


def test_a_queue_takes_ten_messages_at_a_time() -> None:
    """In their order, as JSON."""
    queue = Queue()
    JsonQueue[int](queue, "url", lambda number: {"number": number}).put(range(12))

    assert [10, 2] == [len(batch) for batch in queue.batches]
    assert list(range(12)) == [json.loads(entry["MessageBody"])["number"] for batch in queue.batches for entry in batch]


def test_a_refused_message_is_an_error() -> None:
    """Never silence: whoever sends is run again."""
    with pytest.raises(RuntimeError):
        JsonQueue[int](Queue(refused="1"), "url", lambda _number: {}).put(range(2))


def _client_error(code: str, status: int = 400) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "Encrypt")


@pytest.mark.parametrize(
    "error",
    [
        _client_error("ThrottlingException"),
        _client_error("InternalErrorException", 500),
        _client_error("Whatever", 502),
        _client_error("DisabledException"),
        ReadTimeoutError(endpoint_url="http://x"),
    ],
)
def test_a_service_that_does_not_answer_is_unavailable(error: Exception) -> None:
    """Time-outs, throttling, 5xx and the codes that were named become 503 (faults 18, 19)."""
    with pytest.raises(UnavailableError), unavailable(codes=frozenset({"DisabledException"})):
        raise error


def test_other_errors_of_a_service_pass() -> None:
    """A mistake of ours stays one, and so does a refusal that means something."""
    error = _client_error("NotAuthorizedException")

    with pytest.raises(ClientError), unavailable():
        raise error
    assert "NotAuthorizedException" == error_code(error)


def test_settings_are_asked_by_name() -> None:
    """A missing one is found when it is asked for; limits have their documented default."""
    found = Settings({"A": "1", "LIMIT_CODES": "7", "REGULARS_STAGE": "local"})

    assert ("1", None, True) == (found["A"], found.get("B"), found.is_local)
    assert (7, 3) == (found.limit("codes", 5), found.limit("resends", 3))
    with pytest.raises(MissingSettingError, match="B"):
        _ = found["B"]
    assert "LIMIT_CODES" not in repr(found)


def test_settings_are_the_process_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read once, when they are first asked for."""
    monkeypatch.setenv("REGULARS_STAGE", "prod")
    settings.cache_clear()
    try:
        assert "prod" == settings()["REGULARS_STAGE"]
        assert settings() is settings()
    finally:
        settings.cache_clear()


def test_tests_decide_what_a_handler_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside the block the replacement, afterwards what was there; without one the process's own, built once."""
    monkeypatch.setattr("regulars.wiring._current", [])
    own = wiring()

    with use(Wiring(Settings({}))) as replacement:
        assert replacement is wiring()
    assert own is wiring()
