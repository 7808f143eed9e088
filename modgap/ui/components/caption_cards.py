"""Scored captions as cards: both scores side by side on a scale of the corpus's pairs, and the words that made them.

Whatever a visitor wrote goes through `escape`: `gr.HTML` sanitises nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np

from modgap.evaluation.captions import Captioned, CaptionScore
from modgap.evaluation.captions.background import Reference
from modgap.evaluation.captions.scoring import SCORES, TITLES
from modgap.ui.components.notices import notice

BAND = (0.025, 0.975)  # of the random pairs: what the grey part of a scale shows
_GLOSS = {
    "clipscore": "cosine as encoded, times 2.5, never below 0",
    "i0t_score": "cosine after both means are taken away; wrong captions lie around 0 or below",
}
_SIGN = {1: ("+", "mg-helps", "helps"), -1: ("−", "mg-hurts", "hurts")}


@dataclass(frozen=True)
class Scale:
    """Where things stand on a score's scale, in the units of the score; the same for all captions shown."""

    low: float
    high: float
    band: tuple[float, float] | None
    mean_pair: float | None

    @classmethod
    def from_values(cls, values: list[float], reference: Reference | None) -> Scale:
        """A scale that holds all scores shown and, where they are known, the random pairs and the mean pair."""
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


def cards_html(found: Captioned) -> str:
    """Legend, a card a caption, what the scores are held against, notes."""
    references = found.background.references
    scales = {
        name: Scale.from_values([getattr(each, name) for each in found.captions], references.get(name))
        for name in SCORES
    }
    best = {name: max(getattr(each, name) for each in found.captions) for name in SCORES}
    several = len(found.captions) > 1
    cards = "".join(_card(each, scales, best if several else {}) for each in found.captions)
    notes = "".join(notice("warning", each) for each in found.notes)
    return f'{notes}{_legend(bool(references))}<ol class="mg-captions">{cards}</ol>{_held_against(found)}'


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


def marked_words(each: CaptionScore, score: str) -> str:
    """The caption with the words that help (+, underlined) and hurt (−, wavy) that score."""
    if not each.words:
        return ""
    marks = []
    for (word, sign), effect in zip(each.marked(score), each.words, strict=True):
        change = f"{effect.effect[score]:+.3f}".replace("-", "−")
        if sign:
            symbol, style, verb = _SIGN[sign]
            marks.append(
                f'<span class="mg-word {style}" title="{verb}: {change}"><b aria-hidden="true">{symbol}</b>'
                f'<span class="mg-under">{escape(word)}</span><span class="mg-sr"> ({verb})</span></span>'
            )
        else:
            marks.append(f'<span class="mg-word" title="{change}">{escape(word)}</span>')
    return f'<p class="mg-words">{" ".join(marks)}</p>'


def _card(each: CaptionScore, scales: dict[str, Scale], best: dict[str, float]) -> str:
    scores = "".join(_score(each, name, scales[name], getattr(each, name) == best.get(name)) for name in SCORES)
    cut = '<span class="mg-flag">longer than the model reads</span>' if each.cut else ""
    return (
        f'<li class="mg-caption"><h3>{escape(each.caption)}{cut}</h3><div class="mg-caption-scores">{scores}</div></li>'
    )


def _score(each: CaptionScore, name: str, scale: Scale, best: bool) -> str:
    value = getattr(each, name)
    flag = '<span class="mg-flag mg-flag-new">best</span>' if best else ""
    standing = each.standing.get(name) if each.standing else None
    words = f'<p class="mg-above">{above_random(standing.above_random)}</p>' if standing else ""
    return (
        f'<section class="mg-caption-score" aria-label="{TITLES[name]}"><header><h4>{TITLES[name]}</h4>{flag}'
        f'<b class="mg-number">{f"{value:.3f}".replace("-", "−")}</b></header>{_gauge(value, scale)}{words}'
        f"{marked_words(each, name)}</section>"
    )


def _gauge(value: float, scale: Scale) -> str:
    """A scale with the band of random pairs, the mean pair and this score; what it says stands in words beside it."""
    parts = [f'<span class="mg-zero" style="left:{scale.at(0)}%"></span>']
    if scale.band is not None and scale.mean_pair is not None:
        left, right = (scale.at(edge) for edge in scale.band)
        parts.append(f'<span class="mg-band" style="left:{left}%;width:{round(right - left, 2)}%"></span>')
        parts.append(f'<span class="mg-mean-pair" style="left:{scale.at(scale.mean_pair)}%"></span>')
    parts.append(f'<span class="mg-here" style="left:{scale.at(value)}%"></span>')
    return f'<div class="mg-gauge" aria-hidden="true">{"".join(parts)}</div>'


def _legend(pairs: bool) -> str:
    keys = [('<span class="mg-key mg-key-here"></span>', "this caption")]
    if pairs:
        keys.append(('<span class="mg-key mg-key-band"></span>', "95 % of random pairs"))
        keys.append(('<span class="mg-key mg-key-mean"></span>', "the mean pair"))
    keys.append(('<span class="mg-helps"><b>+</b><span class="mg-under">word</span></span>', "helps"))
    keys.append(('<span class="mg-hurts"><b>−</b><span class="mg-under">word</span></span>', "hurts"))
    rows = "".join(f"<li>{key}<span>{words}</span></li>" for key, words in keys)
    return f'<ul class="mg-legend" aria-label="How to read this">{rows}</ul>'


def _held_against(found: Captioned) -> str:
    gloss = "".join(f"<li><b>{TITLES[name]}</b>: {_GLOSS[name]}.</li>" for name in SCORES)
    source = escape(found.background.source)
    pairs = f" The mean pair is of {escape(found.background.pairs)}." if found.background.pairs else ""
    return (
        f'<div class="mg-held"><p>Means and random pairs of <b>{source}</b>.{pairs} A word helps where the score falls '
        f"without it; words that matter less than a fifth of the one that matters most are left unmarked.</p>"
        f"<ul>{gloss}</ul></div>"
    )
