"""The numbers of a calibration, and the comment lines above a snippet."""

from modgap.calibration import Calibration
from modgap.engines.numbers import Numbers, header, one_line


def test_numbers_come_from_the_statistics_of_each_group(calibration: Calibration, query_modality: str) -> None:
    numbers = calibration.numbers(query_modality)
    statistics = calibration.statistics[query_modality]
    assert numbers.groups == tuple(statistics)
    assert numbers.mean == {group: each.mean for group, each in statistics.items()}
    assert numbers.std == {group: each.std for group, each in statistics.items()}
    assert numbers.dimension == 3
    assert f"for {query_modality} queries. Below a cosine of " in numbers.origin
    assert numbers.origin.endswith("a hit is no good match (fit 0.05).")
    scores = calibration.hit_scores(query_modality)
    for group, least in numbers.least.items():
        assert f"{least:.3f} ({group})" in numbers.origin
        assert least == scores.least_cosine(group)


def test_a_name_of_several_lines_stays_in_its_comment() -> None:
    assert one_line("a\nb  c\r\nDROP TABLE") == "a b c DROP TABLE"
    assert header("--", "first", "second") == "-- first\n-- second\n"
    two_lines = Numbers({"a\nb": 0.5}, {"a\nb": 0.1}, 3, "o")
    assert two_lines.group_names == "a b"


def test_lists_follow_the_size_of_each_group() -> None:
    numbers = Numbers({"text": 0.5, "image": 0.2}, {"text": 0.1, "image": 0.1}, 3, "o", {"text": 7})
    assert numbers.list_lengths == {"text": 7, "image": 10}
    assert "ranks 2 to 7 (text), 2 to 10 (image) in place" in numbers.instead_of_z[1]
