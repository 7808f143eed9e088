"""`modgap models`: the models that --model knows by name."""

from __future__ import annotations

from modgap.cli import terminal
from modgap.cli.options import JsonOption


def models(as_json: JsonOption = False) -> None:
    """List the models that --model takes: the bundled one, those of plugins, and open_clip's by NAME/TAG."""
    from modgap.encoders import known_models

    found = known_models()
    if as_json:
        terminal.print_json([{"name": info.name, "source": info.source} for info in found])
    else:
        for info in found:
            terminal.out.print(f"{info.name}  ({info.source})", markup=False, highlight=False)
