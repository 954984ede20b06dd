"""The parts of the documents that follow from the code: written by `python -m regulars_local.reference --write`, compared by a test.

A document holds prose and, between `<!-- generated: name -->` and `<!-- end -->`, parts that stand here. Only the parts are replaced.
"""

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from infra.stage import Stage, stage_named
from regulars.aws.http import Route
from regulars.aws.openapi import errors_of, openapi_document
from regulars.aws.validation import _SENTENCES
from regulars.kernel.errors import FieldRefusedError, RegularsError
from regulars.kernel.events import DomainEvent
from regulars.kernel.language import Text
from regulars.kernel.money import amount_text
from regulars.kernel.policy import POLICY, Action, Rule
from regulars.kernel.principal import Role
from regulars.members.form import _TEXTS
from regulars.messaging.subscriptions import SUBSCRIBED
from regulars.program.presets import preset
from regulars_local.generate import ROOT, event_types, http_apps
from regulars_local.schema_words import fields_of, type_of

DOCS = ROOT / "docs"
_EDGE_MODULE = "regulars.kernel.errors"
_CONTEXT_NAMES = {"kernel": "Everywhere"}


def documents() -> dict[str, str]:
    """Every document with generated parts as it should be: file name → content.

    Raises:
        KeyError: a document asks for a part that is not made here.
    """
    made = {path.name: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))}
    return {name: filled(content) for name, content in made.items() if "<!-- generated:" in content}


def filled(content: str) -> str:
    """A document with its generated parts made anew."""
    return re.sub(
        r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)",
        lambda found: f"{found[1]}\n{PARTS[found[2]]().strip()}\n\n{found[3]}",
        content,
        flags=re.DOTALL,
    )


def write() -> None:
    """Writes the documents."""
    for name, content in documents().items():
        (DOCS / name).write_text(content, encoding="utf-8")


# --- the HTTP interface -------------------------------------------------------------------------------------------


def operations() -> str:
    """Every operation, by function: who may, what goes in, what comes out, which refusals are its own."""
    document = openapi_document(http_apps(), "1.0.0")
    lines = []
    for app in http_apps():
        lines += ["", f"### `{app.function}`", ""]
        for route in sorted(app.routes, key=lambda each: (each.path, each.method)):
            lines += _operation(route, document["paths"][route.path][route.method.lower()])
    return "\n".join(lines)


def _operation(route: Route, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"#### `{route.method} {route.path}`"
    yield ""
    yield f"{route.summary}. " + " ".join(inspect.cleandoc(route.handler.__doc__ or "").split())
    yield ""
    yield f"- Who: {who(POLICY[route.action])} (`{route.action}`)"
    if route.body:
        yield f"- Body: {_model_link(route.body.__name__)}"
    for parameter in operation.get("parameters", ()):
        if parameter["in"] != "path":
            yield _parameter(parameter)
    yield f"- Answer: {route.status}" + (
        f", {_model_link(route.response.__name__)}" if route.response and route.response.model_fields else ""
    )
    for status, why in sorted(route.also.items()):
        yield f"- Answer {status}, with the same object: {why}"
    own = sorted(error.code for error in errors_of(route) if error.__module__ != _EDGE_MODULE)
    if own:
        yield f"- Its own refusals: {', '.join(f'`{code}`' for code in own)}"
    yield ""


def _parameter(parameter: Mapping[str, Any]) -> str:
    needed = "required" if parameter["required"] else "optional"
    return f"- {parameter['in'].capitalize()} `{parameter['name']}` ({needed}): {parameter['description'] or type_of(parameter['schema'])}"


def _model_link(name: str) -> str:
    return f"[`{name}`](#{name.lower()})"


def who(rule: Rule) -> str:
    """A row of the policy table in words."""
    if rule.public:
        return "everybody"
    allowed = ["members, on what is their own"] if rule.member else []
    allowed += [f"staff: {', '.join(role.value for role in Role if role in rule.roles)}"] if rule.roles else []
    allowed += [f"machines with {' or '.join(f'`{scope}`' for scope in sorted(rule.scopes))}"] if rule.scopes else []
    return "; ".join(allowed)


def policy() -> str:
    """The policy table."""
    return table(("Action", "Who may"), ((f"`{action}`", who(POLICY[action])) for action in Action))


def models() -> str:
    """Every object that goes in or out, field by field."""
    schemas = openapi_document(http_apps(), "1.0.0")["components"]["schemas"]
    lines = []
    for name, schema in schemas.items():
        if "properties" in schema:
            lines += ["", f"#### `{name}`", "", " ".join(schema.get("description", "").split()), ""]
            lines.append(table(("Field", "Type", "What"), fields_of(schema, schemas)))
    return "\n".join(lines)


def refusals() -> str:
    """Every refusal there is, by where it is declared."""
    found = sorted(_kinds(RegularsError), key=lambda kind: (_context(kind) != "kernel", _context(kind), kind.status, kind.code))
    sections = []
    for context in dict.fromkeys(_context(kind) for kind in found):
        rows = [_refusal(kind) for kind in found if _context(kind) == context]
        title = _CONTEXT_NAMES.get(context, f"`{context}`")
        sections.append(f"#### {title}\n\n" + table(("Code", "Status", "Field", "English", "中文"), rows))
    return "\n\n".join(sections)


def _refusal(kind: type[RegularsError]) -> tuple[str, ...]:
    field = f"`{kind.field}`" if issubclass(kind, FieldRefusedError) else ""
    return f"`{kind.code}`", str(kind.status), field, kind.text.en, kind.text.zh_cn


def _kinds(base: type[RegularsError]) -> set[type[RegularsError]]:
    http_apps()  # importing the handlers imports every context's errors
    children = {found for child in base.__subclasses__() for found in (child, *_kinds(child))}
    return {kind for kind in children - {FieldRefusedError} if kind.__module__.startswith("regulars.")}


def _context(kind: type) -> str:
    return kind.__module__.split(".")[1]


def field_codes() -> str:
    """The codes that stand in `errors[].code` beside the refusals' own."""
    rows: dict[str, Text] = {**_SENTENCES, **_TEXTS}
    return table(("Code", "English", "中文"), ((f"`{code}`", text.en, text.zh_cn) for code, text in sorted(rows.items())))


# --- events -------------------------------------------------------------------------------------------------------


def events() -> str:
    """Every event on the bus."""
    kinds = [kind for kind in event_types() if not kind.__subclasses__()]
    return table(("Source", "Detail type", "When", "Fields beside the common ones", "A message follows", "Schema"), map(_event, kinds))


def _event(kind: type[DomainEvent]) -> tuple[str, ...]:
    name = f"{kind.__name__}.v{kind.schema_version}.json"
    fields = ", ".join(f"`{field}`" for field in kind.model_fields if field not in DomainEvent.model_fields)
    told = "yes" if kind.__name__ in SUBSCRIBED else ""
    when = " ".join(inspect.cleandoc(kind.__doc__ or "").split())
    return f"`regulars.{kind.context}`", f"`{kind.__name__}`", when, fields, told, f"[{name}](../events/schemas/{name})"


# --- rules and stages ---------------------------------------------------------------------------------------------


def presets() -> str:
    """The tiers of both presets."""
    four, five = preset("four"), preset("five")
    rows = [
        (
            f"`{tier.code}`", tier.name.en, tier.name.zh_cn, amount_text(tier.spend_from, five.currency),
            f"{tier.points_per_unit_thousandths / 1000:.1f}", "four, five" if tier in four.tiers else "five",
        )
        for tier in five.tiers
    ]  # fmt: skip
    return table(("Code", "Name", "名称", "From a spend in the window of", "Points per unit spent", "In preset"), rows)


def limits() -> str:
    """The rate limits of each stage."""
    stages = [stage_named(name) for name in ("local", "dev", "prod")]
    rows = [(f"`{name}`", *(str(stage.limits[name]) for stage in stages)) for name in stages[0].limits]
    rows.append(("requests a second, burst", *(_throttle(stage) for stage in stages)))
    return table(("Limit", *(stage.name for stage in stages)), rows)


def _throttle(stage: Stage) -> str:
    every, public = stage.throttle, stage.public_throttle
    return f"{every.rate_per_second}, {every.burst} on each route; {public.rate_per_second}, {public.burst} on each public one"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


PARTS: Mapping[str, Callable[[], str]] = {
    part.__name__: part for part in (operations, policy, models, refusals, field_codes, events, presets, limits)
}
"""What a document can ask for by name."""


def main(arguments: Sequence[str]) -> int:
    """Writes with `--write`, else compares; answers 1 when a document is not as the code says."""
    if "--write" in arguments:
        write()
    stale = [name for name, content in documents().items() if (DOCS / name).read_text(encoding="utf-8") != content]
    if stale:
        print(f"Not as the code says: {', '.join(stale)}. Write them with python -m regulars_local.reference --write", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
