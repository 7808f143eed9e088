"""Scored captions as cards: both scores on a scale of the corpus's pairs, and the words that help or hurt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from modgap.evaluation.captions import Captioned, CaptionScore
from modgap.evaluation.captions.background import Reference
from modgap.evaluation.captions.scoring import SCORES, TITLES
from modgap.ui.components.notices import notice
from modgap.ui.components.rendering import render_html

BAND = (0.025, 0.975)  # quantiles of the random pairs: the grey part of a scale
_GLOSS = {
    "clipscore": "cosine as encoded, times 2.5, never below 0",
    "i0t_score": "cosine after both means are taken away; wrong captions lie around 0 or below",
}
_SIGN = {1: ("+", "mg-helps", "helps"), -1: ("−", "mg-hurts", "hurts")}


@dataclass(frozen=True)
class Scale:
    """The scale of a score, in its own units; the same for all captions shown.

    band: the quantiles BAND of the random pairs; None, with mean_pair, where there are none.
    """

    low: float
    high: float
    band: tuple[float, float] | None
    mean_pair: float | None

    @classmethod
    def from_values(cls, values: list[float], reference: Reference | None) -> Scale:
        """A scale that holds all scores shown and, where they are known, the band of random pairs and the mean pair."""
        held = [*values, 0.0]
        band = mean = None
        if reference is not None:
            low, high = np.quantile(reference.random, BAND)
            band, mean = (float(low), float(high)), reference.mean_pair
            held += [*band, mean]
        margin = 0.06 * max(max(held) - min(held), 0.1)
        return cls(min(held) - margin, max(held) + margin, band, mean)

    def at(self, value: float) -> float:
        """Percent of the way from low to high."""
        return round(100 * (value - self.low) / (self.high - self.low), 2)


def cards_html(found: Captioned) -> Markup:
    """Notes, the legend, a card for each caption, and the pairs that the scores are compared with."""
    references = found.background.references
    values = {name: [getattr(each, name) for each in found.captions] for name in SCORES}
    scales = {name: Scale.from_values(values[name], references.get(name)) for name in SCORES}
    best = {name: max(values[name]) for name in SCORES} if len(found.captions) > 1 else {}
    cards = [
        {
            "caption": each.caption,
            "cut": each.cut,
            "scores": [_score(each, name, scales[name], best.get(name)) for name in SCORES],
        }
        for each in found.captions
    ]
    return render_html(
        "caption_cards.html",
        notes=[notice("warning", each) for each in found.notes],
        has_pairs=bool(references),
        cards=cards,
        source=found.background.source,
        pairs=found.background.pairs,
        glosses=[(TITLES[name], _GLOSS[name]) for name in SCORES],
    )


def above_random(share: float) -> str:
    """The percentile in words.

    >>> above_random(0.974), above_random(0.9999), above_random(0.0)
    ('higher than 97 % of random pairs', 'higher than almost all random pairs', 'lower than almost all random pairs')
    """
    if share >= 0.995:
        return "higher than almost all random pairs"
    if share < 0.005:
        return "lower than almost all random pairs"
    return f"higher than {share * 100:.0f} % of random pairs"


def marked_words(each: CaptionScore, score: str) -> Markup:
    """The caption with the words that help (+, underlined) and hurt (−, wavy) that score."""
    if not each.words:
        return Markup()
    marks = []
    for (word, sign), effect in zip(each.marked(score), each.words, strict=True):
        change = f"{effect.effect[score]:+.3f}".replace("-", "−")
        if sign:
            symbol, style, verb = _SIGN[sign]
            marks.append(
                Markup(
                    '<span class="mg-word {}" title="{}: {}"><b aria-hidden="true">{}</b>'
                    '<span class="mg-under">{}</span><span class="mg-sr"> ({})</span></span>'
                ).format(style, verb, change, symbol, word, verb)
            )
        else:
            marks.append(Markup('<span class="mg-word" title="{}">{}</span>').format(change, word))
    return Markup('<p class="mg-words">{}</p>').format(Markup(" ").join(marks))


def _score(each: CaptionScore, name: str, scale: Scale, best: float | None) -> dict[str, Any]:
    """The values of the template for one score of a caption."""
    value = getattr(each, name)
    standing = each.standing.get(name) if each.standing else None
    band = None
    if scale.band is not None and scale.mean_pair is not None:
        left, right = (scale.at(edge) for edge in scale.band)
        band = {"left": left, "width": round(right - left, 2), "mean_pair": scale.at(scale.mean_pair)}
    return {
        "title": TITLES[name],
        "best": value == best,
        "value": f"{value:.3f}".replace("-", "−"),
        "zero": scale.at(0),
        "band": band,
        "at": scale.at(value),
        "above": above_random(standing.above_random) if standing else "",
        "words": marked_words(each, name),
    }
