"""Pace and time left, by a clock of the test's own."""

from modgap.progress import with_pace


def test_the_pace_and_the_time_left_are_reported_once_they_are_known() -> None:
    said, now = [], [0.0]
    report = with_pace(lambda stage, done, total: said.append(stage), clock=lambda: now[0])
    for seconds, done in ((0, 0), (0.5, 20), (2, 100), (4, 200), (9, 1000)):
        now[0] = seconds
        report("Looking", done, 1000)
    assert said == [
        "Looking",
        "Looking",
        "Looking, 50 a second, 18 s left",
        "Looking, 50 a second, 16 s left",
        "Looking",
    ]


def test_long_work_counts_in_minutes_and_each_stage_by_itself() -> None:
    said, now = [], [0.0]
    report = with_pace(lambda stage, done, total: said.append(stage), clock=lambda: now[0])
    report("A", 1, 1000)
    now[0] = 2
    report("A", 11, 1000)
    report("B", 0, 10)
    assert said == ["A", "A, 5 a second, 4 min left", "B"]
