"""Templates: every value is escaped, a missing one is an error, and each template can be read."""

from __future__ import annotations

import pytest
from jinja2 import Environment, UndefinedError

from modgap.ui.components.rendering import TEMPLATES, render_html


def test_values_are_escaped_and_missing_ones_are_an_error():
    assert "modgap &lt;1&gt;." in render_html("footer.html", version="<1>")
    with pytest.raises(UndefinedError, match="version"):
        render_html("footer.html")


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.stem)
def test_no_template_turns_escaping_off(path):
    source = path.read_text(encoding="utf-8")

    assert Environment().parse(source).body
    assert "safe" not in source
    assert "autoescape" not in source


def test_line_breaks_between_tags_are_left_out_and_those_of_values_kept():
    html = render_html("chips.html", chips=["a>\n<b", "c"], recent=False, label="Examples")

    assert html.count("><button") == 2
    assert "a&gt;\n&lt;b</button>" in html
    assert html == html.strip()
