"""Limits: a visitor's are never wider than one's own, and every one has a name for messages."""

from dataclasses import asdict

from modgap.corpus.limits import DEFAULT_LIMITS, Limits


def test_no_limit_for_strangers_is_wider_than_the_default() -> None:
    narrow, wide = asdict(Limits.for_strangers()), asdict(DEFAULT_LIMITS)
    assert [name for name in wide if narrow[name] > wide[name]] == []
    assert narrow["items"] == 5_000


def test_every_limit_is_named_with_its_value() -> None:
    assert Limits(picture_seconds=0.5).named("picture_seconds") == "limit picture_seconds: 0.5"
    assert all(DEFAULT_LIMITS.named(name).startswith(f"limit {name}: ") for name in asdict(DEFAULT_LIMITS))
