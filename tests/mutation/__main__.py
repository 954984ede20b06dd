"""`python -m tests.mutation [--sample N] [--seed S]`: how many mutants of the account core are noticed, and which are not."""

import argparse
import importlib.machinery
import random
import subprocess
import sys
from pathlib import Path
from types import CodeType
from typing import Any

from tests.mutation.mutants import count, mutant

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "layers/core/python/regulars/accounts"
MODULES = ("earning", "purchasing", "movement", "settling", "tiers", "refunding", "redeeming", "moving", "ledger")
HISTORIES = 150
TIMEOUT_SECONDS = 120


def main(arguments: list[str] | None = None) -> int:
    """Tries mutants one by one; 1 when fewer than 90 % were noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--sample", type=int, help="try so many, drawn at random, instead of all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--run", nargs=2, metavar=("MODULE", "NUMBER"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.run:
        return _run(options.run[0], int(options.run[1]))
    known = [(module, number) for module in MODULES for number in range(count((CORE / f"{module}.py").read_text()))]
    chosen = random.Random(options.seed).sample(known, options.sample) if options.sample else known  # no secret
    left = [item for item in chosen if not _is_noticed(*item)]
    for module, number in left:
        _tree, line, text = mutant((CORE / f"{module}.py").read_text(), number)
        print(f"  not noticed: {module}.py:{line} ({number}): {text}", flush=True)
    noticed = len(chosen) - len(left)
    print(f"mutation: {noticed} of {len(chosen)} noticed ({100 * noticed // len(chosen)} %); {len(known)} in all")
    return 1 if 10 * noticed < 9 * len(chosen) else 0


def _is_noticed(module: str, number: int) -> bool:
    command = [sys.executable, "-m", "tests.mutation", "--run", module, str(number)]
    try:
        return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, timeout=TIMEOUT_SECONDS).returncode != 0  # noqa: S603  # ours
    except subprocess.TimeoutExpired:
        return True


def _run(module: str, number: int) -> int:
    """Plays and tests the product with one mutant in it; 0 when nobody noticed."""
    path = CORE / f"{module}.py"
    tree, _line, _text = mutant(path.read_text(), number)
    code = compile(tree, str(path), "exec")
    original = importlib.machinery.SourceFileLoader.get_code

    def get_code(self: Any, fullname: str) -> CodeType | None:
        return code if fullname == f"regulars.accounts.{module}" else original(self, fullname)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]  # this process is the mutant's
    from tests.simulation.play import play  # after the mutant is in its place

    for seed in range(HISTORIES):
        if play(range(seed, seed + 1))[1]:
            return 1
    import pytest

    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "tests/unit/accounts"]) != 0)


if __name__ == "__main__":
    sys.exit(main())
