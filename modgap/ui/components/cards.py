"""A result as a card, and a list of them: the same design on both sides, so that only the ranking differs.

Whatever comes from a visitor's files goes through `escape`: `gr.HTML` sanitises nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from modgap.items import Hit, Item, Modality
from modgap.ui.components.figures import icon

EXCERPT = 260  # characters of a passage on a card; the page cuts it at two lines
WORD = {Modality.IMAGE: "Picture", Modality.TEXT: "Passage"}
KIND = {Modality.IMAGE: "picture", Modality.TEXT: "text"}  # names of the accents in the style sheet


@dataclass(frozen=True)
class CardContext:
    """What cards need to know of a corpus: its items by id, their rows, and the thumbnails by row."""

    items: Sequence[Item]
    row_of: Mapping[str, int]
    thumbnails: Mapping[int, str]


def card(hit: Hit, context: CardContext, *, standardized: bool, moved: int | None, elsewhere: bool) -> str:
    """One result.

    standardized: which list it stands in. moved: places risen (+) or fallen (-) from raw to standardized; None where
    nothing was standardized. elsewhere: is the same item among the hits of the other list?
    """
    row = context.row_of[hit.id]
    kind, word = KIND[hit.modality], WORD[hit.modality]
    return (
        f'<li class="mg-card mg-card-{kind}" data-item="{row}">'
        f'<span class="mg-rank"><span class="mg-sr">Rank </span>{hit.rank}</span>'
        f'<div class="mg-body">{_content(context.items[row], row, context.thumbnails.get(row))}'
        f'<div class="mg-facts"><span class="mg-kind mg-kind-{kind}">{icon(hit.modality)}{word}</span>'
        f"{_score(hit, standardized)}{_fit(hit)}</div></div>"
        f'<div class="mg-side">{_movement(moved)}{_elsewhere(elsewhere, moved, standardized)}</div></li>'
    )


def result_list(
    hits: Sequence[Hit],
    context: CardContext,
    *,
    standardized: bool,
    moved: Mapping[str, int] | None,
    other_ids: set[str],
    image_share: float | None,
    also: str = "",
) -> str:
    """One column: its name, the share of pictures, and its cards in order. also: the name of another method."""
    name, gloss = (
        (also, "the method of your choice")
        if also
        else ("Standardized", "z: how far above the usual best of its own kind")
        if standardized
        else ("Raw", "cosine, as the encoder gives it")
    )
    cards = "".join(
        card(
            hit,
            context,
            standardized=standardized,
            moved=None if moved is None else moved.get(hit.id),
            elsewhere=hit.id in other_ids,
        )
        for hit in hits
    )
    which = "also" if also else "standardized" if standardized else "raw"
    return (
        f'<section class="mg-list mg-list-{which}" aria-label="{escape(name)} results"><header class="mg-list-head">'
        f"<h2>{escape(name)}</h2><p>{gloss}</p>{share_bar(image_share)}</header>"
        f'<ol class="mg-cards">{cards}</ol></section>'
    )


def share_bar(image_share: float | None) -> str:
    """The share of pictures in a list as a bar with its number."""
    if image_share is None:
        return ""
    share = f"{image_share:.0%}"
    return (
        f'<div class="mg-share"><span class="mg-share-bar" aria-hidden="true">'
        f'<span style="width:{share}"></span></span><span class="mg-share-text"><b>{share}</b> pictures</span></div>'
    )


def _content(item: Item, row: int, thumbnail: str | None) -> str:
    """The picture with its name, or the beginning of the passage; the words are the button that searches by it."""
    if item.text is not None:
        words = escape(" ".join(item.text.split())[:EXCERPT])
        return f'{_button(row, words, Modality.TEXT, "mg-passage")}<p class="mg-id">{escape(item.id)}</p>'
    image = f'<img class="mg-tile" src="{thumbnail}" alt="{escape(item.caption or item.title)}">' if thumbnail else ""
    return f'{image}{_button(row, escape(item.title), item.modality, "mg-title")}<p class="mg-id">{escape(item.id)}</p>'


def _button(row: int, words: str, modality: Modality, style: str) -> str:
    """words: escaped already."""
    hint = f"search by this {WORD[modality].lower()}"
    return (
        f'<button type="button" class="mg-hit {style}" data-ask="item" data-value="{row}" title="{hint.capitalize()}">'
        f'{words}<span class="mg-sr">: {hint}</span></button>'
    )


def _score(hit: Hit, standardized: bool) -> str:
    if standardized and hit.z is not None:
        return f'<span class="mg-score"><b>{hit.z:+.2f}</b> z</span>'
    return f'<span class="mg-score"><b>{hit.score:.3f}</b> cos<span class="mg-sr">ine</span></span>'


def _fit(hit: Hit) -> str:
    if hit.fit is None:
        return ""
    percent = f"{hit.fit:.0%}"
    title = f"Scores above the best {WORD[hit.modality].lower()} of {percent} of the calibration queries"
    return f'<span class="mg-fit" title="{title}">fit <b>{percent}</b></span>'


def _movement(moved: int | None) -> str:
    if moved is None:
        return ""
    if moved == 0:
        words = '<span class="mg-sr"> same rank in both</span>'
        return f'<span class="mg-moved mg-still" title="Same rank in both">={words}</span>'
    way, sign, word = ("up", "▲", "rises") if moved > 0 else ("down", "▼", "falls")
    places = "1 place" if abs(moved) == 1 else f"{abs(moved)} places"
    return (
        f'<span class="mg-moved mg-{way}" title="{word.capitalize()} {places} when standardized">'
        f'<span aria-hidden="true">{sign} {abs(moved)}</span><span class="mg-sr">{word} {places}</span></span>'
    )


def _elsewhere(elsewhere: bool, moved: int | None, standardized: bool) -> str:
    """Marks an item that the other list does not show."""
    if elsewhere or moved is None:
        return ""
    if standardized:
        return '<span class="mg-flag mg-flag-new" title="Not among the raw results">new</span>'
    return '<span class="mg-flag" title="Not among the standardized results">out</span>'
