"""`regulars ledger`: the check of the ledger, run from here on a running stack's tables; it reads and never writes."""

from regulars.accounts.books.checking import LedgerCheck
from regulars.accounts.books.replaying import REBUILT, VERIFIED, Difference, Finding
from regulars.kernel.language import Language
from regulars.settings import Settings
from regulars.wiring import Wiring
from regulars_local import texts
from regulars_local.running import RunningStack

KINDS = {"verify": VERIFIED, "rebuild": VERIFIED | REBUILT, "reconcile": frozenset(Difference)}
"""What each command answers for; an account cannot be replayed over a gap, so a gap is told there too."""


def prove(running: RunningStack, what: str, member_id: str | None, language: Language) -> int:
    """Prints every difference and a summary; answers the exit code: 0 when all agrees."""
    check = check_of(running)
    if member_id:
        members, entries, found = 1, 0, check.member(member_id)
    else:
        members, entries, found = _everybody(check)
    differences = [finding for finding in found if finding.difference in KINDS[what]]
    for finding in differences:
        print(_line(finding, language))
    print(texts.PROVED.render(language, what=what, members=members, entries=entries, differences=len(differences)))
    return int(bool(differences))


def check_of(running: RunningStack) -> LedgerCheck:
    """The product's own check on the stack's tables and clock."""
    tables = {f"TABLE_{name.removeprefix('Table').upper()}": table for name, table in running.outputs.items() if name.startswith("Table")}
    return Wiring(Settings(tables), clock=running.clock.now, client=lambda _service: running.cloud.dynamodb).ledger_check


def _everybody(check: LedgerCheck) -> tuple[int, int, list[Finding]]:
    members = entries = 0
    found: list[Finding] = []
    task = check.begin()
    while True:
        result = check.run(task)
        members, entries = members + result.members, entries + result.entries
        found += result.findings
        if result.continuation is None:
            return members, entries, found
        task = result.continuation


def _line(finding: Finding, language: Language) -> str:
    member = finding.member_id or texts.THE_BOOKS.render(language)
    return texts.DIFFERENCE.render(language, member=member, difference=finding.difference.value, detail=finding.detail)
