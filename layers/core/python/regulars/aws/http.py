"""The HTTP app of a function: routes that are typed functions; everything at the edge happens once, here.

A route is a function whose parameters say what it takes: `call: Call`, `body: SomeRequest`, `query: SomeQuery` and the names in
its path. Its return annotation is the response model, or `Reply[Model]` where status or headers vary. The API document is
generated from the same declarations (`regulars.aws.openapi`).
"""

import inspect
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from threading import Lock
from typing import Any, get_args, get_origin, get_type_hints

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from msgspec import Struct, field
from pydantic import BaseModel

from regulars.aws.observability import logger
from regulars.aws.problem import problem_response
from regulars.aws.request import Call, parse_body, parse_query, read_call
from regulars.kernel.errors import IdempotencyKeyRefusedError, InternalError, NotFoundError, RegularsError
from regulars.kernel.policy import Action, authorize

type Handler = Callable[..., Any]

_NAME_IN_PATH = re.compile(r"[A-Za-z0-9_.-]{1,64}")
"""What an id in a path can be; anything else names nothing, and is not asked of a table, whose keys have limits of their own."""


class Reply[T: BaseModel](Struct, frozen=True):
    """A response whose status or headers are not the route's usual ones."""

    body: T
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Empty(BaseModel):
    """No content."""


class RawReply(Struct, frozen=True):
    """A response that is no JSON of ours: a page or a document."""

    content_type: str
    content: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Route(Struct, frozen=True):
    """One operation as it was declared."""

    method: str
    path: str
    action: Action
    status: int
    summary: str
    errors: tuple[type[RegularsError], ...]
    idempotency: str | None
    conditional: bool
    also: Mapping[int, str]
    handler: Handler
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    response: type[BaseModel] | None
    path_parameters: tuple[str, ...]
    takes_call: bool
    body_is_optional: bool = False


class Routes:
    """A list of routes; big functions keep one per resource in `routes/<resource>.py`."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def route(
        self,
        method: str,
        path: str,
        action: Action,
        *,
        summary: str,
        status: int = 200,
        errors: tuple[type[RegularsError], ...] = (),
        idempotency: str | None = None,
        conditional: bool = False,
        also: Mapping[int, str] | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declares an operation.

        `idempotency` is `"required"` or `"optional"` where an `Idempotency-Key` is read. A `conditional` GET answers 304 to an
        `If-None-Match` that names its reply's ETag; a conditional write needs `If-Match` (`call.require_if_match()`). `also` are
        further statuses that the same body is answered with, and when. A body of type `Model | None` may be left out.
        """

        def declare(handler: Handler) -> Handler:
            hints = get_type_hints(handler)
            answer = hints["return"]
            model = get_args(answer)[0] if get_origin(answer) is Reply else answer
            body, *nothing = get_args(hints.get("body")) or (hints.get("body"),)
            self.routes.append(
                Route(
                    method=method, path=path, action=action, status=status, summary=summary, errors=errors,
                    idempotency=idempotency, conditional=conditional, also=also or {}, handler=handler,
                    body=body, query=hints.get("query"),
                    response=None if model is RawReply else model,
                    path_parameters=tuple(re.findall(r"{(\w+)}", path)),
                    takes_call="call" in inspect.signature(handler).parameters,
                    body_is_optional=bool(nothing),
                )
            )  # fmt: skip
            return handler

        return declare

    def get(self, path: str, action: Action, **options: Any) -> Callable[[Handler], Handler]:
        return self.route("GET", path, action, **options)

    def post(self, path: str, action: Action, **options: Any) -> Callable[[Handler], Handler]:
        return self.route("POST", path, action, **options)

    def put(self, path: str, action: Action, **options: Any) -> Callable[[Handler], Handler]:
        return self.route("PUT", path, action, **options)

    def patch(self, path: str, action: Action, **options: Any) -> Callable[[Handler], Handler]:
        return self.route("PATCH", path, action, **options)


class HttpApp:
    """The app of one function: give it the routes, use `lambda_handler` as the function's entry point.

    `later` names modules, each with its `routes`, that are loaded one by one, in this order, until one of them serves what a request asks
    for: a cold start pays for the routes that are busy, and for no others.
    """

    def __init__(self, function: str, *routes: Routes, later: Iterable[str] = ()) -> None:
        self.function = function
        self._routes: dict[str, Route] = {}
        self._later = deque(later)
        self._lock = Lock()
        self._resolver = APIGatewayHttpResolver()
        self._resolver.not_found(self._not_found)
        for some in routes:
            self._add(some)

    @property
    def routes(self) -> list[Route]:
        """Every route, loaded or not until now."""
        self._load_until(None)
        return list(self._routes.values())

    def lambda_handler(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """The entry point: an API Gateway HTTP API event (payload 2.0) in, its response out; never an exception."""
        self._load_until(event.get("routeKey"))
        return self._resolver.resolve(event, context)

    def _load_until(self, route_key: str | None) -> None:
        """Loads what comes later until the gateway's route (`POST /v1/purchases`) is served."""
        with self._lock:
            while self._later and route_key not in self._routes:
                self._add(import_module(self._later.popleft()).routes)

    def _add(self, routes: Routes) -> None:
        for route in routes.routes:
            self._routes[f"{route.method} {route.path}"] = route
            rule = re.sub(r"{(\w+)}", r"<\1>", route.path)
            self._resolver.route(rule, method=route.method)(self._serve(route))

    def _not_found(self, _error: Exception) -> Response[str]:
        return self._answer(None, lambda _call: self._refuse(NotFoundError()))

    @staticmethod
    def _refuse(error: RegularsError) -> Response[str]:
        raise error

    def _serve(self, route: Route) -> Callable[..., Response[str]]:
        def serve(**path: str) -> Response[str]:
            return self._answer(route, lambda call: _run(route, call, path))

        return serve

    def _answer(self, route: Route | None, work: Callable[[Call], Response[str]]) -> Response[str]:
        started = time.perf_counter()
        call = read_call(self._resolver.current_event.raw_event)
        code = "ok"
        try:
            response = work(call)
        except RegularsError as error:
            code, response = error.code, problem_response(error, call)
        except Exception as error:  # noqa: BLE001  # the last resort: nothing inner may reach the caller (S9)
            code, response = "internal_error", problem_response(InternalError(), call)
            logger().error("unexpected", error=type(error).__name__, where=_where(error), request_id=call.request_id)
        response.headers.setdefault("Cache-Control", "no-store")
        logger().info(
            "call",
            route=f"{route.method} {route.path}" if route else "none",
            status=response.status_code,
            code=code,
            caller=call.principal.actor.partition(":")[0],
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
            request_id=call.request_id,
        )
        return response


def _run(route: Route, call: Call, path: dict[str, str]) -> Response[str]:
    authorize(call.principal, route.action)
    if not all(_NAME_IN_PATH.fullmatch(value) for value in path.values()):
        raise NotFoundError
    arguments: dict[str, Any] = {**path, **({"call": call} if route.takes_call else {})}
    if route.idempotency and call.idempotency_key is None and route.idempotency == "required":
        raise IdempotencyKeyRefusedError
    if route.conditional and route.method != "GET":
        call.require_if_match()
    arguments |= {"query": parse_query(route.query, call)} if route.query else {}
    if route.body:
        arguments["body"] = parse_body(route.body, call) if call.raw_body or not route.body_is_optional else None
    answer = route.handler(**arguments)
    if isinstance(answer, RawReply):
        return Response(route.status, answer.content_type, answer.content, headers=dict(answer.headers))
    reply = answer if isinstance(answer, Reply) else Reply(answer)
    if route.conditional and route.method == "GET" and call.has_seen(reply.headers["ETag"]):
        return Response(304, headers=dict(reply.headers))
    status = reply.status or route.status
    content = "" if isinstance(reply.body, Empty) else reply.body.model_dump_json(by_alias=True)
    return Response(status, "application/json", content, headers=dict(reply.headers))


def _where(error: Exception) -> str:
    """The innermost place of an error, for the log: file and line, no values (they may be personal)."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "?"
