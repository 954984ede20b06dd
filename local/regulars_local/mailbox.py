"""`regulars mailbox`: every e-mail and SMS that was sent, from our own communication record."""

import json
from dataclasses import asdict
from textwrap import indent

from rich.console import Console
from rich.text import Text

from regulars.kernel.clock import instant_text
from regulars.kernel.language import Language
from regulars.members.contact import InvalidContactError, parse_phone
from regulars.messaging.mailbox import Mail
from regulars_local import texts
from regulars_local.backstage import wiring_of
from regulars_local.running import RunningStack


def print_mailbox(running: RunningStack, *, to: str | None, limit: int, as_json: bool, language: Language) -> None:
    """The newest messages: for people the newest last, as a log; as one JSON array the newest first."""
    mails = wiring_of(running).mailbox.newest(limit, as_kept(to) if to else None)
    if as_json:
        print(json.dumps([_as_json(mail) for mail in mails], ensure_ascii=False, indent=1))
        return
    console = Console()
    if not mails:
        console.print(texts.MAILBOX_EMPTY.render(language))
    for mail in reversed(mails):
        console.print(_as_text(mail), soft_wrap=True)


def as_kept(to: str) -> str:
    """An address as the record has it: a phone number with its country, also when it was given without; anything else as it is."""
    try:
        return parse_phone(to).address
    except InvalidContactError:
        return to


def _as_json(mail: Mail) -> dict[str, str]:
    return {name: instant_text(value) if name == "at" else str(value) for name, value in asdict(mail).items()}


def _as_text(mail: Mail) -> Text:
    """One message: when, how, to whom and what became of it; then its words."""
    line = Text(f"{instant_text(mail.at)}  {mail.channel} → {mail.to or mail.recipient_id}", style="bold")
    line.append(f"  {mail.template}, {mail.status}\n", style="dim")
    if mail.subject:
        line.append(f"    {mail.subject}\n", style="bold")
    return line.append(indent(mail.text, "    ") + "\n", style="default")
