"""The look of a group of items: accent, icon and words.

Pictures and passages have accents of their own; every other group shares a neutral third one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from modgap.items import Modality, group_plural, ordered_groups

IMAGE, TEXT = Modality.IMAGE.value, Modality.TEXT.value
ACCENTS = {IMAGE: "picture", TEXT: "text"}  # names in the style sheet
OTHER_ACCENT = "other"
LABELS = {IMAGE: "Picture", TEXT: "Passage"}

_ICON_PATHS = {
    Modality.IMAGE: '<rect x="1.5" y="2.5" width="13" height="11" rx="2"/><circle cx="5.4" cy="6.2" r="1.2"/>'
    '<path d="m2 12 4-3.6 2.6 2.2 2.9-3 3 3.2"/>',
    Modality.TEXT: '<path d="M2 3.5h12M2 6.5h12M2 9.5h12M2 12.5h7"/>',
}


def accent(group: str) -> str:
    """The name of a group's colours in the style sheet.

    >>> accent("image"), accent("text"), accent("licences")
    ('picture', 'text', 'other')
    """
    return ACCENTS.get(group, OTHER_ACCENT)


def label(group: str) -> str:
    """The word on the card of one item.

    >>> label("image"), label("licences")
    ('Picture', 'licences')
    """
    return LABELS.get(group, group)


def heading(group: str) -> str:
    """The word for a group's items at the beginning of a sentence or a row.

    >>> heading("image"), heading("EU law")
    ('Pictures', 'Items of "EU law"')
    """
    words = group_plural(group)
    return words[0].upper() + words[1:]


def icon(modality: Modality) -> Markup:
    """A small drawing of a picture or of lines of text; the word beside it says the same."""
    return Markup(f'<svg class="mg-icon" viewBox="0 0 16 16" aria-hidden="true">{_ICON_PATHS[modality]}</svg>')


def in_display_order(groups: Iterable[str]) -> tuple[str, ...]:
    """Pictures first, then passages, then the other groups as they come.

    >>> in_display_order(["text", "licences", "image"])
    ('image', 'text', 'licences')
    """
    present = ordered_groups(groups)
    return (*(group for group in (IMAGE, TEXT) if group in present), *(g for g in present if g not in ACCENTS))


def displayed_counts(counts: Mapping[str, int]) -> dict[str, int]:
    """Items by group in display order; of pictures and passages both, where there is no other group.

    >>> displayed_counts({"text": 3}), displayed_counts({"text": 3, "licences": 2, "image": 0})
    ({'image': 0, 'text': 3}, {'text': 3, 'licences': 2})
    """
    if set(counts) <= set(ACCENTS):
        return {group: counts.get(group, 0) for group in ACCENTS}
    return {group: counts[group] for group in in_display_order(counts) if counts[group]}


def are_pictures_and_passages(groups: Iterable[str]) -> bool:
    """Whether the groups are exactly pictures and passages, so that sentences may name these two."""
    return set(groups) == set(ACCENTS)
