"""The `regulars` command: the local stack and everything that talks to it.

What a command needs is imported inside it: a token in a shell line is there in half the time when nothing else is loaded.
"""
# ruff: noqa: PLC0415

import sys
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from regulars.kernel.language import Language, Text
from regulars_local import texts
from regulars_local.demo import texts as demo_texts
from regulars_local.home import DEFAULT_HOME, Home
from regulars_local.local_clock import ClockError, LocalClock, set_clock

if TYPE_CHECKING:
    from regulars_local.running import RunningStack

JOBS = ("settle-accounts", "review-tiers", "check-ledger")
LEDGER = ("verify", "rebuild", "reconcile", "recount")

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


def _help(text: Text) -> str:
    """Help is in the locale's language; it is built when the command starts."""
    return text.render(texts.language_of(None))


HomeOption = Annotated[Path, typer.Option("--home", envvar="REGULARS_HOME", help=_help(texts.HELP["home"]))]
LanguageOption = Annotated[str | None, typer.Option("--lang", help=_help(texts.HELP["lang"]))]

WindowOption = Literal["rolling_months", "calendar_quarter", "calendar_year", "anniversary_year"]
LedgerArgument = Annotated[str, typer.Argument(metavar="|".join(LEDGER))]
MemberOption = Annotated[str | None, typer.Option(help=_help(texts.HELP["ledger_member"]))]
WriteOption = Annotated[bool, typer.Option("--write", help=_help(texts.HELP["write"]))]


@app.command(help=_help(texts.HELP["serve"]))
def serve(
    *,
    home: HomeOption = DEFAULT_HOME,
    port: Annotated[int | None, typer.Option(help=_help(texts.HELP["port"]))] = None,
    sample: Annotated[bool, typer.Option(help=_help(texts.HELP["sample"]))] = True,
    lang: LanguageOption = None,
) -> None:
    """Serves in the foreground."""
    from rich.console import Console

    from regulars_local.serving import Server

    language = texts.language_of(lang)
    with _told(language, home):
        raise typer.Exit(Server(Home(home.resolve()), port, language, Console(), with_sample=sample).run())


@app.command(help=_help(texts.HELP["token"]))
def token(
    *,
    role: Annotated[str | None, typer.Option(help=_help(texts.HELP["role"]))] = None,
    client: Annotated[str | None, typer.Option(help=_help(texts.HELP["client"]))] = None,
    member: Annotated[str | None, typer.Option(help=_help(texts.HELP["member"]))] = None,
    password: Annotated[str | None, typer.Option(envvar="REGULARS_PASSWORD", help=_help(texts.HELP["password"]))] = None,
    home: HomeOption = DEFAULT_HOME,
    lang: LanguageOption = None,
) -> None:
    """Prints a token alone."""
    language = texts.language_of(lang)
    if sum(name is not None for name in (role, client, member)) != 1:
        _fail(texts.ONE_OF.render(language))
    with _told(language, home):
        running = _running(home)
        if role is not None:
            print(running.staff_token(_known(role, running.file.users, language)))
        elif client is not None:
            print(running.machine_token(_known(client, running.file.clients, language)))
        elif member is not None:
            print(running.password_token(*_log_in(running, member, password, language)))


@app.command(help=_help(texts.HELP["clock"]))
def clock(
    *,
    step: Annotated[str | None, typer.Argument(metavar="[+400d|+3h]", help=_help(texts.HELP["step"]))] = None,
    at: Annotated[str | None, typer.Option(help=_help(texts.HELP["at"]))] = None,
    freeze: Annotated[bool, typer.Option("--freeze", help=_help(texts.HELP["freeze"]))] = False,
    release: Annotated[bool, typer.Option("--release", help=_help(texts.HELP["release"]))] = False,
    show: Annotated[bool, typer.Option("--show", help=_help(texts.HELP["show"]))] = False,
    plain: Annotated[bool, typer.Option("--plain", help=_help(texts.HELP["plain"]))] = False,
    start_over: Annotated[bool, typer.Option("--reset", help=_help(texts.HELP["reset"]))] = False,
    yes: Annotated[bool, typer.Option("--yes", help=_help(texts.HELP["yes"]))] = False,
    home: HomeOption = DEFAULT_HOME,
    lang: LanguageOption = None,
) -> None:
    """Shows or moves the clock."""
    language = texts.language_of(lang)
    place = Home(home.resolve())
    if start_over:
        _reset(place, language, asked=yes)
        return
    local_clock = LocalClock(place.clock_file)
    try:
        set_clock(local_clock, step, at, freeze=freeze, release=release)
    except ClockError as error:
        _fail(texts.CLOCK_ERRORS[error.code].render(language))
    if plain:
        print(local_clock.now().isoformat(timespec="seconds"))
        return
    frozen = texts.CLOCK_FROZEN.render(language) if local_clock.is_frozen else ""
    print(texts.CLOCK_NOW.render(language, instant=local_clock.now().isoformat(timespec="seconds"), frozen=frozen))
    if (step or at) and not show:
        print(texts.CLOCK_HINT.render(language))


@app.command(help=_help(texts.HELP["run"]))
def run(
    *,
    job: Annotated[str, typer.Argument(metavar="|".join(JOBS))],
    home: HomeOption = DEFAULT_HOME,
    timeout: Annotated[float, typer.Option(help=_help(texts.HELP["timeout"]))] = 300.0,
    lang: LanguageOption = None,
) -> None:
    """Runs a job now."""
    from regulars_local.jobs import run_job

    language = texts.language_of(lang)
    with _told(language, home):
        summary = run_job(_running(home), _known(job, dict.fromkeys(JOBS), language), timeout_seconds=timeout)
        print(texts.JOB_DONE.render(language, **summary.as_params()))
        if summary.waiting:
            _fail(texts.JOB_SLOW.render(language, **summary.as_params()))


@app.command(help=_help(texts.HELP["ledger"]))
def ledger(what: LedgerArgument, *, member: MemberOption = None, home: HomeOption = DEFAULT_HOME, lang: LanguageOption = None) -> None:
    """Proves the ledger, or counts what the books missed."""
    from regulars_local.proving import prove
    from regulars_local.recounting import recount

    with _told(language := texts.language_of(lang), home):
        if _known(what, dict.fromkeys(LEDGER), language) == "recount":
            recount(_running(home), language)
        else:
            raise typer.Exit(prove(_running(home), what, member, language))


@app.command(help=_help(texts.HELP["mailbox"]))
def mailbox(
    *,
    to: Annotated[str | None, typer.Option(help=_help(texts.HELP["to"]))] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=_help(texts.HELP["limit"]))] = 20,
    as_json: Annotated[bool, typer.Option("--json", help=_help(texts.HELP["json"]))] = False,
    home: HomeOption = DEFAULT_HOME,
    lang: LanguageOption = None,
) -> None:
    """Prints the communication record."""
    from regulars_local.mailbox import print_mailbox

    language = texts.language_of(lang)
    with _told(language, home):
        print_mailbox(_running(home), to=to, limit=limit, as_json=as_json, language=language)


@app.command("open", help=_help(texts.HELP["open"]))
def open_reference(*, home: HomeOption = DEFAULT_HOME, lang: LanguageOption = None) -> None:
    """Prints and opens the API reference."""
    with _told(texts.language_of(lang), home):
        address = f"{_running(home).api_url}/docs"
        print(address)
        if sys.stdout.isatty():
            webbrowser.open(address)


@app.command(help=_help(texts.HELP["status"]))
def status(*, home: HomeOption = DEFAULT_HOME, lang: LanguageOption = None) -> None:
    """Tells how the stack does."""
    from regulars_local.deployment import sources_are_deployed
    from regulars_local.jobs import failed_count, waiting_count

    language = texts.language_of(lang)
    with _told(language, home):
        running = _running(home)
        current = texts.STATUS["current" if sources_are_deployed(Home(home.resolve()), running.cloud) else "changed"]
        print(f"{texts.API.render(language)}: {running.api_url}/v1")
        print(f"{texts.STATUS['clock'].render(language)}: {running.clock.now().isoformat(timespec='seconds')}")
        print(f"{texts.STATUS['waiting'].render(language)}: {waiting_count(running)}")
        print(f"{texts.STATUS['failed'].render(language)}: {failed_count(running)}")
        print(f"{texts.STATUS['sources'].render(language)}: {current.render(language)}")


@app.command(help=_help(texts.HELP["openapi"]))
def openapi(*, write: WriteOption = False, lang: LanguageOption = None) -> None:
    """Writes or compares the interface document."""
    from regulars_local import generate

    if write:
        generate.write(openapi=True)
    _require_current({generate.OPENAPI: generate.openapi_json()}, texts.language_of(lang))


@app.command(help=_help(texts.HELP["schemas"]))
def schemas(*, write: WriteOption = False, lang: LanguageOption = None) -> None:
    """Writes or compares the events' schemas."""
    from regulars_local import generate

    if write:
        generate.write(schemas=True)
    expected = {generate.SCHEMAS / name: content for name, content in generate.event_schemas().items()}
    _require_current(expected, texts.language_of(lang))


@app.command(help=_help(texts.HELP["demo"]))
def demo(
    *,
    households: Annotated[int, typer.Option(min=1, help=_help(demo_texts.HELP["households"]))] = 60,
    seed: Annotated[int, typer.Option(help=_help(demo_texts.HELP["seed"]))] = 8451,
    everybody: Annotated[bool, typer.Option("--all", help=_help(demo_texts.HELP["all"]))] = False,
    late: Annotated[bool, typer.Option("--late", help=_help(demo_texts.HELP["late"]))] = False,
    window: Annotated[WindowOption | None, typer.Option("--window", help=_help(demo_texts.HELP["window"]))] = None,
    days: Annotated[int | None, typer.Option(min=1, hidden=True)] = None,
    home: Annotated[Path, typer.Option("--home", help=_help(demo_texts.HELP["home"]))] = DEFAULT_HOME / "demo",
    lang: LanguageOption = None,
) -> None:
    """Plays a supermarket's year."""
    from regulars_local.demo.command import play_to_the_end
    from regulars_local.demo.playing import Options

    language = texts.language_of(lang)
    options = Options(None if everybody else households, seed, late, days, window=window)
    with _told(language, home):
        raise typer.Exit(play_to_the_end(Home(home.resolve()), options, language))


def _require_current(expected: Mapping[Path, str], language: Language) -> None:
    stale = [path.name for path, content in expected.items() if not path.exists() or path.read_text() != content]
    if stale:
        _fail(texts.GENERATED_STALE.render(language, files=", ".join(stale)))


def _reset(home: Home, language: Language, *, asked: bool) -> None:
    if not asked and not typer.confirm(texts.RESET_ASK.render(language, home=home.path)):
        print(texts.KEPT.render(language))
        raise typer.Exit(1)
    from regulars_local.resetting import NobodyResetsError, reset

    try:
        runs_on = reset(home)
    except NobodyResetsError as error:
        _fail(texts.RESET_UNHEARD.render(language, pid=error.pid))
    print((texts.RESET_DONE if runs_on else texts.RESET_STOPPED).render(language))


def _log_in(running: "RunningStack", member: str, password: str | None, language: Language) -> tuple[str, str]:
    """Contact and password; of a sample member, card number and id will do and the password is known."""
    found = [sample for sample in running.file.members if member in {sample.contact, sample.member_id, sample.card_number}]
    if password or not found:
        return member, password or _fail(texts.NEEDS_PASSWORD.render(language, contact=member))
    return found[0].contact, found[0].password


def _known(name: str, known: Mapping[str, object], language: Language) -> str:
    if name not in known:
        _fail(texts.UNKNOWN_NAME.render(language, name=name, known=", ".join(known)))
    return name


@contextmanager
def _told(language: Language, home: Path) -> Iterator[None]:
    """Turns what can go wrong outside the command's power into one line and exit code 1."""
    try:
        yield
    except typer.Exit:
        raise
    except Exception as error:
        from regulars_local.explanations import explained

        line = explained(error, language, home)
        if line is None:
            raise
        _fail(line)


def _running(home: Path) -> "RunningStack":
    from regulars_local.running import RunningStack

    return RunningStack.at(Home(home.resolve()))


def _fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(1)
