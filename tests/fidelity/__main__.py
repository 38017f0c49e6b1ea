"""``python -m tests.fidelity``: hold any notebooks against the one rule."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fidelity import report, static
from tests.fidelity.notebooks import notebooks_in
from tests.fidelity.verdict import LIMIT, Verdict, judge


def main() -> int:
    """Do what the command line says; 1 when something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fidelity", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="analyse notebooks without running them")
    check.add_argument("places", nargs="+", type=Path, help="notebooks, or folders of them")
    check.add_argument("--code", action="append", default=[], help="show the cells of this code")
    check.add_argument("--all", action="store_true", help="show warnings and notes too")
    check.add_argument("--mend", action="store_true", help="first fix what leaves no choice")
    run = commands.add_parser("run", help="run notebooks and their pipelines, and compare")
    run.add_argument("places", nargs="+", type=Path, help="notebooks, or folders of them")
    run.add_argument("--drop-failing", action="store_true", help="leave out cells that fail here")
    run.add_argument("--limit", type=float, default=LIMIT, help="seconds for a notebook or block")
    run.add_argument("--json", type=Path, help="write the verdicts to this file, a line each")
    run.add_argument("--at-once", type=int, default=1, help="how many at the same time")
    commands.add_parser("report", help="run the corpus and write docs/fidelity.md")
    given = parser.parse_args()
    if given.command == "report":
        return 0 if report.write() else 1
    if given.command == "check":
        codes = set(given.code)
        fine = static.report(given.places, codes, show_all=given.all, mend=given.mend)
        return 0 if fine else 1
    return _run(given)


def _run(given: argparse.Namespace) -> int:
    paths = [path for place in given.places for path in notebooks_in(place)]
    kinds: Counter[str] = Counter()
    with ThreadPoolExecutor(given.at_once) as pool:
        for verdict in pool.map(
            lambda path: judge(path, drop_failing=given.drop_failing, limit=given.limit), paths
        ):
            kinds[verdict.kind] += 1
            _show(verdict)
            if given.json:
                with given.json.open("a") as file:
                    file.write(json.dumps(verdict.to_json()) + "\n")
    print(", ".join(f"{kind}: {count}" for kind, count in kinds.most_common()))
    return 1 if kinds.keys() & {"different", "failed", "crash"} else 0


def _show(verdict: Verdict) -> None:
    print(
        f"{verdict.kind.upper():10} {verdict.path}  {verdict.blocks} blocks, "
        f"{verdict.compared} results, {verdict.seconds:.1f} s",
        flush=True,
    )
    if verdict.dropped:
        print(f"    left out, as they fail here: {verdict.dropped}")
    for line in verdict.details:
        print("    " + line.strip().replace("\n", "\n      "))
    if verdict.edges is not None:
        for line in verdict.edges.missing:
            print(f"    edge missing: {line}")
        for line in verdict.edges.false:
            print(f"    edge not seen: {line}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
