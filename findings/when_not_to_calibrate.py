"""When should you not calibrate? What texts lose, and how many queries must want the others to make up for it.

    python -m findings.when_not_to_calibrate

Three sets in which queries ask for items of both groups and both hold something near the answer. Queries are sentences,
so raw cosine favours texts. If the share w of all queries wants the other group, calibration changes NDCG@10 by
w * gain - (1 - w) * loss, which is 0 at the break-even share

    w = loss / (gain + loss)

Below it, leave the ranking raw. Gain and loss need labels; the share of the raw first ten that the other group holds
does not, and shows how far the two groups overlap already.
"""

from __future__ import annotations

import numpy as np

from findings.default_method import BOTH_HOLD_ANSWERS, CHOSEN, places
from findings.development_sets import Cell, MixedSet, development_sets, in_regime, taught
from findings.sets import ndcg, table
from modgap.methods import method_by_name

METHODS = ("standardized", CHOSEN)
REGIMES = ("equal", "few pictures", "few texts")
FAVOURED, OTHER = "text", "image"  # audiocaps' sounds are of group image


def by_target(cell: Cell, name: str) -> dict[str, float]:
    """Mean NDCG@10 of the queries that want each group."""
    value, target = ndcg(places(cell, lambda: method_by_name(name))), cell.asked.target
    return {str(group): float(value[target == group].mean()) for group in np.unique(target)}


def share_of_other(of: MixedSet) -> float:
    """Share of the other group among the ten highest cosines of each query."""
    best = np.argsort(-(of.queries @ of.items.T), axis=1)[:, :10]
    return float((of.groups[best] == OTHER).mean())


def break_even(raw: dict[str, float], calibrated: dict[str, float]) -> str:
    """The share w of the module's docstring, in percent."""
    loss, gain = raw[FAVOURED] - calibrated[FAVOURED], calibrated[OTHER] - raw[OTHER]
    return "never worse" if loss <= 0 else "never better" if gain <= 0 else f"{loss / (gain + loss):.0%}"


def main() -> None:
    """Print NDCG@10 by target, raw and calibrated from automatic queries, and the break-even share."""
    rows = []
    sets = development_sets()
    for name in BOTH_HOLD_ANSWERS:
        for regime in REGIMES:
            of = in_regime(sets[name]["plain"], regime, 0)
            cell = Cell((name, "plain", regime, "automatic"), *taught(of, "automatic"))
            raw = by_target(cell, "raw")
            by_method = {each: by_target(cell, each) for each in METHODS}
            rows.append(
                [
                    f"{name}, {regime}",
                    f"{share_of_other(of):.0%}",
                    *(f"{found[group]:.3f}" for group in (OTHER, FAVOURED) for found in (raw, *by_method.values())),
                    *(break_even(raw, found) for found in by_method.values()),
                ]
            )
    headings = [
        "",
        "others in\nraw first ten",
        *(f"{group} wanted\n{name}" for group in ("other", "text") for name in ("raw", *METHODS)),
        *(f"break-even\n{name}" for name in METHODS),
    ]
    table("NDCG@10 by what is wanted; learnt from automatic queries", headings, rows)


if __name__ == "__main__":
    main()
