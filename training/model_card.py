"""The model card, filled in with the figures that the training run measured."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

TEMPLATE = Path(__file__).with_name("model_card.md")


def _row(name: str, values: list[str]) -> str:
    return f"| {name} | " + " | ".join(values) + " |"


def _recalls(values: dict[int, float]) -> str:
    return " / ".join(f"{values[k]:.3f}" for k in (1, 5, 10))


def figures_table(columns: dict[str, dict[str, Any]]) -> str:
    """Markdown table with one column for each stage and one row for each figure."""
    stages = list(columns)
    lines = [_row("Flickr8k dev, 1,000 pictures", stages), "|---" * (len(stages) + 1) + "|"]
    for name in ("text-to-image", "image-to-text", "text-to-text (caption 0 to caption 1)"):
        lines.append(_row(f"{name}, R@1 / 5 / 10", [_recalls(columns[stage][name]) for stage in stages]))
    lines.append(_row("centroid gap", [f"{columns[stage]['centroid gap']:.2f}" for stage in stages]))
    for method in ("raw", "standardized"):
        mixed = [columns[stage]["mixed corpus, recall@20"] for stage in stages]
        cells = [f"{m[method]:.3f} ({m[f'{method} image']:.2f} / {m[f'{method} text']:.2f})" for m in mixed]
        lines.append(_row(f"mixed corpus, {method}, R@20 of all (pictures / texts)", cells))
    return "\n".join(lines)


def _plain_words(found: dict[str, Any]) -> str:
    missed = f" Missed: {', '.join(found['missed'])}." if found["missed"] else ""
    return f"raw {found['raw']}, standardized {found['standardized']} of {found['queries']}.{missed}"


def write_model_card(
    path: Path,
    figures: dict[str, dict[str, Any]],
    laps: dict[str, float],
    recipe: Any,
    config: dict[str, Any],
    corpus_size: int,
    sample: Path,
) -> None:
    """Write the card.

    Args:
        figures: what `evaluate_mini.flickr_figures` gave at each stage; the last also holds the plain words.
        laps: seconds of each step.
        recipe: the dataclass of settings.
        config: what ``config.json`` holds.
        corpus_size: number of texts that the text tower saw.
        sample: the sample corpus, to count it.
    """
    import torch

    shipped = list(figures.values())[-1]
    text_cfg = config["model_cfg"]["text_cfg"]
    settings = asdict(recipe) if is_dataclass(recipe) and not isinstance(recipe, type) else {}
    card = TEMPLATE.read_text(encoding="utf-8").format(
        **{name: text_cfg[name] for name in ("layers", "width", "heads", "context_length", "vocab_size")},
        megabytes=sum(file.stat().st_size for file in path.parent.iterdir() if file != path) / 1e6,
        table=figures_table(figures),
        photos=len(list((sample / "photos").glob("*"))),
        passages=len(list((sample / "passages").glob("*"))),
        plain_flickr=_plain_words(shipped["plain words among Flickr8k dev, first five"]),
        plain_sample=_plain_words(shipped["plain words in the sample corpus, first five"]),
        today=date.today().isoformat(),
        machine=f"{platform.machine()} CPU, {os.cpu_count()} cores",
        torch=torch.__version__,
        minutes=sum(laps.values()) / 60,
        laps=", ".join(f"{name} {seconds:.0f} s" for name, seconds in laps.items()),
        corpus_size=f"{corpus_size:,}",
        recipe=", ".join(f"{name} {value}" for name, value in settings.items()),
    )
    path.write_text(card, encoding="utf-8")
