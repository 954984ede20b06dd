"""What people see when the stack is up: addresses, sample log-ins, and lines to try that work as they stand."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from regulars.kernel.language import Language, Text
from regulars_local import texts
from regulars_local.home import DEFAULT_HOME, Home
from regulars_local.running import RunningStack

_TABLE_WIDTH = 160


def print_welcome(console: Console, running: RunningStack, home: Home, language: Language) -> None:
    """The whole greeting, in `language`."""
    file = running.file
    console.print(f"\n[bold green]{texts.READY.render(language, api_url=file.api_url)}[/]\n")
    _print_table(console, _addresses(running, language))
    console.print(f"\n[bold]{texts.LOG_INS.render(language, file=home.stack_file)}[/]")
    _print_table(console, _log_ins(running, language))
    console.print(f"\n[bold]{texts.TRY_NEXT.render(language)}[/]")
    for title, line in things_to_try(running, home):
        console.print(f"[dim]# {title.render(language)}[/]")
        console.print(escape(line), soft_wrap=True, highlight=False)
    console.print(f"\n{texts.STOP_HINT.render(language)}\n")


def things_to_try(running: RunningStack, home: Home) -> list[tuple[Text, str]]:
    """Command lines with their titles, in the order of a first visit."""
    regulars = ".venv/bin/regulars" if home.path == DEFAULT_HOME else f"REGULARS_HOME={home.path} .venv/bin/regulars"
    api, members = running.api_url, running.file.members
    if not members:
        return []
    first = members[0]
    body = (
        f'{{"source":"till","reference":"receipt-1","card_number":"{first.card_number}","store_id":"store-1","channel":"store",'
        f'"occurred_at":"\'"$({regulars} clock --plain)"\'","currency":"CNY",'
        f'"lines":[{{"sku":"tea","category":"drinks","quantity":2,"amount":2590}}]}}'
    )
    purchase = (
        f'curl -s {api}/v1/purchases -H "Authorization: Bearer $({regulars} token --client till)" '
        f"-H 'Content-Type: application/json' -d '{body}'"
    )
    return [
        (texts.TRY_PURCHASE, purchase),
        (texts.TRY_POINTS, f'curl -s {api}/v1/me/points -H "Authorization: Bearer $({regulars} token --member {first.contact})"'),
        (texts.TRY_MAIL, f"{regulars} mailbox --to {first.contact}"),
        (texts.TRY_TIME, f"{regulars} clock +400d && {regulars} run settle-accounts"),
    ]


def _print_table(console: Console, table: Table) -> None:
    """Whole, however narrow the terminal is: an address that is cut is none."""
    wide = Console(file=console.file, width=_TABLE_WIDTH, force_terminal=console.is_terminal)
    wide.print(table, highlight=False)


def _addresses(running: RunningStack, language: Language) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, address in (
        (texts.API, f"{running.api_url}/v1"),
        (texts.REFERENCE, f"{running.api_url}/docs"),
        (texts.TOKENS, running.file.token_url),
        (texts.CLOUD, running.file.endpoint_url),
    ):
        table.add_row(name.render(language), address)
    return table


def _log_ins(running: RunningStack, language: Language) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in (texts.ROLE, texts.CONTACT, texts.PASSWORD, texts.CARD):
        table.add_column(column.render(language), no_wrap=True)
    for role, login in running.file.users.items():
        table.add_row(role, escape(login.username), escape(login.password), "")
    for member in running.file.members:
        table.add_row(escape(member.name), escape(member.contact), escape(member.password), member.card_number)
    return table
