"""Calls of the public interface as an outside system makes them: kept-alive connections, a new token when one ran out, patience."""

import time
from collections.abc import Callable, Generator, Iterator
from typing import Any

import httpx

from regulars_local.running import RefusedError, RunningStack

_TRIES = 6
_PAGE_SIZE = 100
_AGAIN = {httpx.codes.CONFLICT, httpx.codes.TOO_MANY_REQUESTS}


class Caller:
    """One caller of the interface; safe to use from several threads. Its writes are safe to repeat, so lost answers are asked again."""

    def __init__(self, running: RunningStack, token: Callable[[], str] | None = None) -> None:
        self._http = running.client()
        if token:
            self._http.auth = _Bearer(token)

    def get(self, path: str, **query: str | int) -> dict[str, Any]:
        """The answer's JSON.

        Raises:
            RefusedError: the interface refused, or did not answer for long.
        """
        return self._call("GET", path, query=query)

    def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """As `get`."""
        return self._call("POST", path, body=body)

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """Every item of a list, page by page."""
        query: dict[str, str | int] = {"limit": _PAGE_SIZE}
        while True:
            page = self.get(path, **query)
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            query["cursor"] = page["next_cursor"]

    def close(self) -> None:
        """Lets the connections go."""
        self._http.close()

    def _call(self, method: str, path: str, *, query: dict[str, Any] | None = None, body: dict[str, Any] | None = None) -> dict[str, Any]:
        told = ""
        for number in range(_TRIES):
            time.sleep(0.2 * number)
            try:
                reply = self._http.request(method, path, params=query, json=body)
            except httpx.TransportError as error:
                told = repr(error)
                continue
            if reply.is_success:
                return dict(reply.json())
            told = f"{method} {path}: {reply.status_code} {reply.text}"
            if reply.status_code not in _AGAIN and not reply.is_server_error:
                break
        raise RefusedError(told)


class _Bearer(httpx.Auth):
    """Sends the token; one that is refused is replaced once (tokens live for an hour, a long replay lives longer)."""

    def __init__(self, new_token: Callable[[], str]) -> None:
        self._new_token = new_token
        self._token = new_token()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        sent = self._token
        request.headers["Authorization"] = f"Bearer {sent}"
        reply = yield request
        if reply.status_code == httpx.codes.UNAUTHORIZED:
            if sent == self._token:
                self._token = self._new_token()
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request
