"""Style sheets, scripts and fonts."""

from __future__ import annotations

import re

from modgap.ui.components.theme import ModgapTheme, launch_options, static


def test_style_script_and_fonts_load_nothing_from_elsewhere():
    options = launch_options()
    served = options["css"] + options["head"] + static("ask.js") + ModgapTheme()._get_theme_css()

    addresses = {each for each in re.findall(r"https?://[^\s'\")]+", served) if "www.w3.org" not in each}  # SVG's name

    assert addresses == set()
    assert "@import" not in served
