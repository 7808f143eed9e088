"""Checks of names given to options."""

import pytest
import typer

from modgap.cli.options import METHODS_HELP, require_known, require_method
from modgap.methods import METHODS


def test_the_help_names_every_method_that_searches() -> None:
    assert set(METHODS_HELP.split(", ")) == METHODS.keys() - {"oracle"}


def test_help_shows_the_methods(run) -> None:
    for command in ("search", "evaluate"):
        words = run(command, "--help").stdout.replace("│", " ").split()
        assert {word.strip(",;:.") for word in words} >= METHODS.keys() - {"oracle"}


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    require_known("sql", ("python", "sql"), noun="engine", option="--to")
    with pytest.raises(typer.BadParameter, match=r'^there is no engine "solr"\. Known: python, sql\.$') as refused:
        require_known("solr", ("python", "sql"), noun="engine", option="--to")
    assert refused.value.param_hint == "--to"


@pytest.mark.parametrize("name", ["raw", "i0t_post+standardized", "gr_clip+standardized", "caption_route"])
def test_known_methods_and_stacks_pass(name: str) -> None:
    require_method(name, option="--method", also=["caption_route"])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("magic", r'no method "magic"\. Known: raw, .*sinkhorn, caption_route; a\+b stacks two'),
        ("raw+magic", r'no method "raw\+magic"'),
        ("caption_route+raw", r'no method "caption_route\+raw"'),
        ("", r'no method ""'),
        ("standardized+raw", "must come last"),
    ],
)
def test_other_methods_are_refused(name: str, message: str) -> None:
    with pytest.raises(typer.BadParameter, match=message) as refused:
        require_method(name, option="--methods", also=["caption_route"])
    assert refused.value.param_hint == "--methods"


def test_an_unknown_precision_is_bad_usage_before_anything_is_read(usage_error) -> None:
    said = usage_error("search", "nowhere", "a dog", "--precision", "fp16")
    assert 'no precision "fp16". Known: auto, float32, bfloat16, int8' in said
