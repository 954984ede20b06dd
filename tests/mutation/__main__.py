"""`python -m tests.mutation [--module NAME] [--sample N] [--seed S]`: which mutants of the account core nobody notices."""

import argparse
import random
import sys
import time
from collections import Counter

from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.mutants import MODULES, Mutant, mutants
from tests.mutation.trials import Trials, Verdict

PERCENT_MIN = 90
"""How many of all mutants are noticed at least; equivalent ones count as not noticed here."""

_ROW = "| {:20} | {:>7} | {:>8} | {:>12} | {:>8} | {:>10} | {:>11} | {:>8} |"
_HEADS = ("module", "mutants", "by tests", "by histories", "no end", "equivalent", "not noticed", "noticed")


def main(arguments: list[str] | None = None) -> int:
    """Tries mutants one by one; 1 when fewer than 90 % were noticed, or one was that is listed as equivalent."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--module", action="append", choices=MODULES, help="only this module (may be repeated)")
    parser.add_argument("--sample", type=int, help="try so many, drawn at random, instead of all")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    known = [mutant for module in options.module or MODULES for mutant in mutants(module)]
    chosen = random.Random(options.seed).sample(known, options.sample) if options.sample else known  # no secret
    verdicts: dict[Mutant, Verdict] = {}
    started, out = time.monotonic(), sys.stdout

    def tell(mutant: Mutant, verdict: Verdict) -> None:
        verdicts[mutant] = verdict
        if (verdict is Verdict.NOBODY) != _is_listed(mutant):
            what = "not noticed" if verdict is Verdict.NOBODY else "listed as equivalent, yet noticed"
            print(f"{what}: {mutant.module}.py:{mutant.line}: {mutant.name}", file=out, flush=True)

    Trials.hold(chosen, tell)
    return _report(verdicts, time.monotonic() - started)


def _is_listed(mutant: Mutant) -> bool:
    return mutant.name in EQUIVALENT.get(mutant.module, {})


def _report(verdicts: dict[Mutant, Verdict], seconds: float) -> int:
    """Prints a row for each module and one for all."""
    print(_ROW.format(*_HEADS))
    print(_ROW.format("---", *["--:"] * (len(_HEADS) - 1)))
    total = Counter[str]()
    for module in MODULES:
        counts = Counter(_kind(mutant, verdict) for mutant, verdict in verdicts.items() if mutant.module == module)
        total += counts
        if counts:
            _row(module, counts)
    _row("all", total)
    wrong = any(verdict is not Verdict.NOBODY and _is_listed(mutant) for mutant, verdict in verdicts.items())
    print(f"mutation: {_noticed(total)} of {total.total()} noticed ({_percent(total)}) in {seconds:.0f} s")
    return 1 if wrong or 100 * _noticed(total) < PERCENT_MIN * total.total() else 0


def _kind(mutant: Mutant, verdict: Verdict) -> str:
    kinds = {Verdict.TEST: "by tests", Verdict.HISTORY: "by histories", Verdict.NO_END: "no end"}
    return kinds.get(verdict) or ("equivalent" if _is_listed(mutant) else "not noticed")


def _noticed(counts: Counter[str]) -> int:
    return counts["by tests"] + counts["by histories"] + counts["no end"]


def _percent(counts: Counter[str]) -> str:
    return f"{100 * _noticed(counts) / counts.total():.1f} %"


def _row(name: str, counts: Counter[str]) -> None:
    print(_ROW.format(name, counts.total(), *(counts[head] for head in _HEADS[2:-1]), _percent(counts)))


if __name__ == "__main__":
    sys.exit(main())
