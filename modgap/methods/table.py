"""The table of methods in docs/METHODS.md, made from the registry: `python -m modgap.methods.table` writes it anew."""

from __future__ import annotations

from pathlib import Path

from modgap.methods import SHIPPED, Method, method_by_name

PAGE = Path(__file__).parents[2] / "docs" / "METHODS.md"
_NEEDS = {
    "nothing": "nothing",
    "scores": "queries (their best scores)",
    "vectors": "queries and item vectors",
    "labels": "labelled queries",
}
_HEAD = """# Methods
Written by `python -m modgap.methods.table`; a test compares it with the registry. `modgap search --method NAME` takes
any name, and `a+b` stacks two: b learns from and scores the vectors that a has moved. [FINDINGS.md](FINDINGS.md)
compares them.

s = cos(q, d); g the group of item d (pictures, passages, ...); L the query's list of the best items of g; norms and
means as each file of `modgap/methods/` has them. "Queries" are calibration queries, without labels. A method that
keeps the order ranks the items of one group as the cosine does, so it needs no new index; one that does not searches
vectors of its own.

| name | score | learns from | order inside a group | cost of a query | source |
|---|---|---|---|---|---|
"""
_FOOT = """
## When not to use them
- `inverted_softmax`, `qb_norm`, `sinkhorn` and `nnn` mark down what many queries like. That assumes that each
  document is wanted about equally often: true of benchmarks made of pairs, false of logs, where they mark down what
  people ask for.
- `relative_score`, `per_query_z`, `dbsf` and `rrf` look at one query's lists alone. The best item of each group looks
  about equally good for every query, also where a group holds nothing for it. `minmax` is not the engines' min-max:
  it has one range for all queries, learnt from their best scores, where `relative_score` takes the range of each
  list.
- `realign` and `coral` make texts look like pictures, for training. Scores inside a modality stay higher than across.
- `raw`, `i0t_post`, `gr_clip`, `dn` and `mind_the_gap` alone leave the scores of two groups on two scales: stack
  `+standardized` on them.
"""


def methods_page() -> str:
    """The page, with a row for each method of the registry.

    >>> "| `raw` | s = cos(q, d) | nothing | kept |" in methods_page()
    True
    """
    return _HEAD + "".join(f"{_row(method_by_name(name))}\n" for name in SHIPPED) + _FOOT


def _row(method: Method) -> str:
    cells = [
        f"`{method.name}`",
        method.formula.replace("|", "\\|"),
        _NEEDS[method.needs],
        "kept" if method.keeps_order else "changed",
        method.cost,
        method.source,
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(methods_page(), encoding="utf-8")
