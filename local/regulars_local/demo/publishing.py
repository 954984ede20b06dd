"""A programme version through its whole life by HTTP: drafted, submitted, approved by a second person, published."""

from datetime import datetime
from typing import Any

import httpx

from regulars_local.running import RefusedError, RunningStack

_VERSIONS = "/v1/program/versions"


def publish(running: RunningStack, changes: dict[str, Any], effective_from: datetime) -> None:
    """Publishes the preset `four` with changes, in force from an instant.

    Raises:
        RefusedError: the stack refused a step.
    """
    with running.client(running.staff_token("admin")) as admin, running.client(running.staff_token("manager")) as manager:
        content = {"preset": "four", "changes": changes, "note": "A full year"}
        draft = _sent(admin.post(_VERSIONS, json=content, headers={"Idempotency-Key": f"full-year-{effective_from:%Y-%m-%d}"}))
        path = f"{_VERSIONS}/{draft.json()['version_id']}"
        submitted = _sent(admin.post(f"{path}/submission", headers=_matching(draft)))
        approved = _sent(manager.post(f"{path}/approval", json={}, headers=_matching(submitted)))
        start = {"effective_from": effective_from.isoformat()}
        _sent(admin.post(f"{path}/publication", json=start, headers=_matching(approved)))


def _matching(reply: httpx.Response) -> dict[str, str]:
    return {"If-Match": reply.headers["etag"]}


def _sent(reply: httpx.Response) -> httpx.Response:
    if not reply.is_success:
        raise RefusedError(f"{reply.request.method} {reply.request.url.path}: {reply.status_code} {reply.text}")
    return reply
