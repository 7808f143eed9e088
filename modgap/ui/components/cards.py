"""A result as a card, and a list of them: the same design on both sides, so that only the ranking differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from modgap.items import Hit, Item, group_counted
from modgap.ui.components.groups import accent, icon, label
from modgap.ui.components.notices import notice
from modgap.ui.components.rendering import render_html

EXCERPT_CHARACTERS = 260  # of a passage on a card; the page cuts it at two lines


@dataclass(frozen=True)
class CardContext:
    """The corpus behind the cards: its items, their rows by id, and the thumbnails by row.

    figures: whether the distributions of the calibration panel are those of the query's kind. matchable: whether there
    is a model that can say what in an item the query matches.
    """

    items: Sequence[Item]
    row_of: Mapping[str, int]
    thumbnails: Mapping[int, str]
    figures: bool = False
    matchable: bool = False


def card(
    hit: Hit,
    context: CardContext,
    *,
    calibrated: bool,
    rank_change: int | None,
    in_other_list: bool,
    unit: str = "cal",
) -> Markup:
    """One result.

    calibrated: which list it stands in. rank_change: places gained (+) or lost (-) from raw to calibrated; None
    where nothing was calibrated. in_other_list: whether the other list shows the same item.
    unit: of the value that ranked it, where that is not the cosine; empty for another method's.
    """
    row = context.row_of[hit.id]
    item = context.items[row]
    return render_html(
        "card.html",
        hit=hit,
        item=item,
        row=row,
        excerpt=" ".join((item.caption or item.text or "").split())[:EXCERPT_CHARACTERS],
        thumbnail=context.thumbnails.get(row),
        accent=accent(hit.group),
        icon=icon(hit.modality),
        label=label(hit.group),
        noun=group_counted(item.modality.value, 1),
        group_noun=group_counted(hit.group, 1),
        value=f"{hit.value:+.2f}" if calibrated and hit.value is not None else None,
        unit=unit,
        cosine=f"{hit.score:.3f}",
        fit=None if hit.fit is None else f"{hit.fit:.0%}",
        z=None if hit.z is None else f"{hit.z:+.2f}",
        figures=context.figures,
        matchable=context.matchable
        and (item.text is not None or context.thumbnails.get(row, "").startswith("data:image/webp")),
        calibrated=calibrated,
        rank_change=rank_change,
        in_other_list=in_other_list,
        sides=_sides_in_words(hit),
    )


def _sides_in_words(hit: Hit) -> str:
    """Both sides of an item that is a picture and a text at once, with their scores; empty for any other."""
    scores = [f"z {side.z:+.2f}" if side.z is not None else f"cosine {side.score:.3f}" for side in hit.sides]
    named = [f"{group_counted(side.group, 1)} {score}" for side, score in zip(hit.sides, scores, strict=True)]
    return "; ".join(named)


def result_list(
    hits: Sequence[Hit],
    context: CardContext,
    *,
    calibrated: bool,
    rank_change: Mapping[str, int] | None,
    other_ids: set[str],
    image_share: float | None,
    other_title: str = "",
    floor: float = 0.0,
) -> Markup:
    """One column: its name, the share of pictures, and its cards in order; hits below the least fit are folded.

    rank_change: by id, see `card`. other_ids: of the hits of the list beside it. other_title: the name of another
    method, where the column shows one. floor: the least fit; where no hit reaches it, all are shown.
    """
    weak = [hit.fit is not None and hit.fit < floor for hit in hits]
    weak = weak if not all(weak) else [False] * len(hits)
    cards = [
        card(
            hit,
            context,
            calibrated=calibrated,
            rank_change=None if rank_change is None else rank_change.get(hit.id),
            in_other_list=hit.id in other_ids,
            unit="" if other_title else "cal",
        )
        for hit in hits
    ]
    if other_title:
        which, name, gloss = "also", other_title, "the method of your choice"
    elif calibrated:
        which, name, gloss = (
            "calibrated",
            "Calibrated",
            "how far above the usual best of its kind and its own list",
        )
    else:
        which, name, gloss = "raw", "Raw", "cosine, as the encoder gives it"
    good = [each for each, below in zip(cards, weak, strict=True) if not below]
    weaker = [each for each, below in zip(cards, weak, strict=True) if below]
    return _column(which, name, gloss=gloss, share_bar=share_bar(image_share), cards=good, weaker=weaker)


def missing_list(reason: str, other_title: str = "") -> Markup:
    """The column of a list that cannot be shown, with the reason. other_title: as for `result_list`."""
    which, name = ("also", other_title) if other_title else ("calibrated", "Calibrated")
    return _column(which, name, missing=notice("info", reason))


def _column(
    which: str,
    name: str,
    *,
    gloss: str = "",
    share_bar: Markup | str = "",
    cards: Sequence[Markup] = (),
    weaker: Sequence[Markup] = (),
    missing: Markup | str = "",
) -> Markup:
    return render_html(
        "result_list.html",
        which=which,
        title=name,
        gloss=gloss,
        share_bar=share_bar,
        cards=cards,
        weaker=weaker,
        missing=missing,
    )


def share_bar(image_share: float | None) -> Markup:
    """The share of pictures in a list as a bar with its number."""
    if image_share is None:
        return Markup()
    share = f"{image_share:.0%}"
    return Markup(
        '<div class="mg-share"><span class="mg-share-bar" aria-hidden="true"><span style="width:{}"></span></span>'
        '<span class="mg-share-text"><b>{}</b> pictures</span></div>'
    ).format(share, share)
