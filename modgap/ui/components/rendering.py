"""HTML of the page from the templates beside it; every value is escaped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markupsafe import Markup

from modgap.io.templates import render

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


def render_html(template: str, **values: Any) -> Markup:
    """A template of `modgap/ui/templates` with these values."""
    return render(TEMPLATES, template, **values)
