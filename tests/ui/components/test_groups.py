"""The look of groups: two with accents of their own, one neutral for all others."""

from __future__ import annotations

from modgap.items import Modality
from modgap.ui.components.groups import (
    accent,
    are_pictures_and_passages,
    displayed_counts,
    heading,
    icon,
    in_display_order,
    label,
)


def test_pictures_and_passages_have_accents_and_words_of_their_own_and_other_groups_their_name():
    assert [accent(group) for group in ("image", "text", "EU law")] == ["picture", "text", "other"]
    assert [label(group) for group in ("image", "text", "EU law")] == ["Picture", "Passage", "EU law"]
    assert [heading(group) for group in ("image", "text", "EU law")] == ["Pictures", "Passages", 'Items of "EU law"']


def test_an_icon_follows_the_modality():
    assert "<circle" in icon(Modality.IMAGE)
    assert "<circle" not in icon(Modality.TEXT)


def test_pictures_come_first_and_other_groups_last_in_their_own_order():
    assert in_display_order(["tables", "text", "EU law", "image", "text"]) == ("image", "text", "tables", "EU law")


def test_an_absent_modality_is_counted_as_none_only_where_there_is_no_other_group():
    assert displayed_counts({"text": 2}) == {"image": 0, "text": 2}
    assert displayed_counts({"tables": 4, "text": 2, "image": 0}) == {"text": 2, "tables": 4}


def test_sentences_name_pictures_and_passages_only_where_these_are_all_groups():
    assert are_pictures_and_passages(["text", "image"])
    assert not are_pictures_and_passages(["text"])
    assert not are_pictures_and_passages(["text", "image", "tables"])
