"""Items and hits: groups by default and by name, words for counts, and the verdict over all hits."""

import pytest

from modgap.items import (
    Hit,
    Item,
    Modality,
    counts_in_words,
    group_counted,
    group_plural,
    no_good_match,
    ordered_groups,
)


def test_the_group_is_the_modality_unless_it_is_named() -> None:
    assert Item("a", Modality.IMAGE).group == "image"
    assert Item("a", Modality.TEXT, group="licences").group == "licences"
    assert Hit(1, "a", Modality.TEXT, 0.5).group == "text"


def test_only_the_group_image_is_pictures() -> None:
    assert [Modality.from_group(group) for group in ("image", "text", "maps")] == [
        Modality.IMAGE,
        Modality.TEXT,
        Modality.TEXT,
    ]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"text": 1}, "1 passage"),
        ({"text": 0, "image": 1}, "1 picture and 0 passages"),
        ({"maps": 1, "text": 2, "image": 3}, '3 pictures, 2 passages and 1 item of "maps"'),
    ],
)
def test_counts_in_words(counts: dict[str, int], words: str) -> None:
    assert counts_in_words(counts) == words


def test_words_for_groups() -> None:
    assert (group_plural("text"), group_counted("image", 1), group_counted("maps", 2)) == (
        "passages",
        "picture",
        'items of "maps"',
    )


def test_text_and_image_come_first_and_the_rest_as_it_appears() -> None:
    assert ordered_groups(["maps", "image", "licences", "maps", "text"]) == ("text", "image", "maps", "licences")


def test_titles_are_short_and_never_empty_of_words() -> None:
    assert Item("a", Modality.TEXT, text="\n One line.\nTwo.").title == "One line."
    assert Item("a", Modality.TEXT, text="x" * 81).title == "x" * 79 + "…"
    assert Item("a/b_c-d.jpg", Modality.IMAGE).title == "b c d"
    assert Item("a.jpg", Modality.IMAGE, caption="A mill").title == "A mill"


def test_a_hit_names_its_group_only_where_it_is_not_the_modality() -> None:
    hit = Hit(1, "a", Modality.TEXT, 0.12345678, z=-0.5, fit=None)
    assert hit.as_dict() == {"rank": 1, "id": "a", "modality": "text", "score": 0.123457, "z": -0.5, "fit": None}
    assert Hit(1, "a", Modality.TEXT, 0.5, group="maps").as_dict()["group"] == "maps"


def test_no_good_match_needs_hits_that_were_all_judged() -> None:
    def hits(*verdicts: bool | None) -> list[Hit]:
        return [Hit(1, "a", Modality.TEXT, 0.5, good_match=verdict) for verdict in verdicts]

    assert no_good_match(hits(False, False))
    assert not no_good_match(hits(False, True))
    assert not no_good_match(hits(False, None))
    assert not no_good_match([])
