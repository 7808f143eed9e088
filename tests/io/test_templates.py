"""Templates escape what they are given, once."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from modgap.io.templates import render


def test_a_value_is_escaped_once_even_through_two_templates(tmp_path: Path) -> None:
    (tmp_path / "inner.html").write_text('<b title="{{ words }}">{{ words }}</b>')
    (tmp_path / "outer.html").write_text("<p>{{ inner }}</p>")
    inner = render(tmp_path, "inner.html", words='<i> & "x"')
    escaped = "&lt;i&gt; &amp; &#34;x&#34;"
    assert render(tmp_path, "outer.html", inner=inner) == f'<p><b title="{escaped}">{escaped}</b></p>'


def test_a_forgotten_value_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("{{ absent }}")
    with pytest.raises(UndefinedError, match="absent"):
        render(tmp_path, "page.html")
