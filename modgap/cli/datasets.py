"""`modgap datasets`: the benchmarks that `modgap evaluate --dataset` reads, and the files that each needs."""

from __future__ import annotations

from modgap.cli import terminal
from modgap.cli.options import JsonOption


def datasets(as_json: JsonOption = False) -> None:
    """List the benchmarks that evaluate --dataset reads, the files they need and their sources."""
    from modgap.evaluation.datasets import DATASETS

    if as_json:
        keys = ("name", "title", "needs", "source", "expected")
        terminal.print_json([{key: getattr(each, key) for key in keys} for each in DATASETS.values()])
        return
    for each in DATASETS.values():
        terminal.out.print(f"{each.name}  {each.title}", markup=False, highlight=False, style="bold")
        for label, words in (("needs", each.needs), ("from", each.source), ("counts", each.expected)):
            terminal.out.print(f"    {label}: {words}", markup=False, highlight=False)
