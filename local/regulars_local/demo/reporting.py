"""What a run prints in the end."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from regulars.kernel.language import Language, Text
from regulars_local.demo import texts
from regulars_local.demo.facts import Difference
from regulars_local.demo.figures import Figures, Totals
from regulars_local.demo.playing import Result

SHOWN_MAX = 40
"""How many differences are listed; all are counted."""


class Report:
    """Prints one result in one language."""

    def __init__(self, console: Console, language: Language) -> None:
        self._console = console
        self._language = language

    def show(self, result: Result, *, late: bool) -> None:
        """Figures, upgrades, messages, differences: the last line is `differences: <count>`."""
        names = {tier.code: tier.name["zh_cn" if self._language == "zh-CN" else "en"] for tier in result.rules.tiers}
        found = result.reconciliation
        self._show_upgrades(found.figures, names, result.rules.zone)
        self._show_totals(result.year_end, found.figures.totals, names, late=late)
        self._show_messages(found.figures.messages)
        compared = texts.COMPARED.render(self._language, facts=found.facts, households=len(result.year.households))
        self._console.print(f"\n{compared}", highlight=False, soft_wrap=True)
        if found.differences:
            self._show_differences(found.differences)
        style = "bold red" if found.differences else "bold green"
        self._console.print(f"[{style}]{texts.DIFFERENCES.render(self._language, count=len(found.differences))}[/]", highlight=False)

    def _say(self, text: Text) -> str:
        return text.render(self._language)

    def _table(self, title: Text, *columns: Text) -> Table:
        table = Table(title=self._say(title), title_justify="left", box=None, padding=(0, 2, 0, 0))
        for column in columns:
            table.add_column(self._say(column))
        return table

    def _show_upgrades(self, figures: Figures, names: dict[str, str], zone: ZoneInfo) -> None:
        table = self._table(texts.UPGRADES, texts.WHEN, texts.HOUSEHOLD, texts.FROM, texts.TO)
        for upgrade in sorted(figures.upgrades, key=lambda change: change.at):
            at = datetime.fromisoformat(upgrade.at).astimezone(zone)
            table.add_row(f"{at:%Y-%m-%d %H:%M}", str(upgrade.household), names[upgrade.from_tier], names[upgrade.to_tier])
        self._console.print(table)

    def _show_totals(self, year_end: Totals, later: Totals, names: dict[str, str], *, late: bool) -> None:
        table = Table(title=self._say(texts.FIGURES), title_justify="left", box=None, padding=(0, 2, 0, 0))
        table.add_column("")
        table.add_column(self._say(texts.AT_CLOSE if late else texts.YEAR_END), justify="right")
        table.add_column(self._say(texts.LATER), justify="right")
        for code, name in names.items():
            table.add_row(texts.TIER.render(self._language, name=name), f"{year_end.tiers[code]:,}", f"{later.tiers[code]:,}")
        table.add_row(self._say(texts.EARNED), f"{year_end.earned:,}", f"{later.earned:,}")
        table.add_row(self._say(texts.EXPIRED), f"{year_end.expired:,}", f"{later.expired:,}")
        table.add_row(self._say(texts.OUTSTANDING), f"{year_end.outstanding:,}", f"{later.outstanding:,}")
        self._console.print(table)

    def _show_messages(self, messages: Counter[tuple[str, str]]) -> None:
        table = self._table(texts.MESSAGES, Text("", ""), *texts.CHANNELS.values())
        for template in dict.fromkeys(template for template, _ in messages):
            name = texts.TEMPLATES.get(template, texts.OTHER)
            table.add_row(self._say(name), *(f"{messages[template, channel]:,}" for channel in texts.CHANNELS))
        self._console.print(table)

    def _show_differences(self, found: list[Difference]) -> None:
        table = self._table(texts.LISTED, texts.HOUSEHOLD, texts.SUBJECT, texts.FIGURE, texts.EXPECTED, texts.FOUND)
        for difference in found[:SHOWN_MAX]:
            subject, which, figure = difference.key
            what = f"{self._say(texts.SUBJECTS[subject])} {which}"
            figure_name = self._say(texts.FIGURE_NAMES[figure])
            table.add_row(str(difference.household), what, figure_name, _shown(difference.expected), _shown(difference.found))
        self._console.print(table)
        if len(found) > SHOWN_MAX:
            self._console.print(texts.MORE.render(self._language, count=len(found) - SHOWN_MAX))


def _shown(value: object) -> str:
    return "-" if value is None else str(value)
