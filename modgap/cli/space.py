"""`modgap space`: write a folder that can be pushed as a Hugging Face Space."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from modgap.io.space_folder import write_space


def space(
    folder: Annotated[Path, typer.Argument(metavar="PUSH-FOLDER", help="A new folder, or a clone of your Space.")],
    zero: Annotated[bool, typer.Option("--zero", help="For ZeroGPU hardware, which a free account may have.")] = False,
) -> None:
    """Write the app as a folder that can be pushed as a Hugging Face Space, and check its rules."""
    written = write_space(folder, zero=zero)
    hardware = "ZeroGPU, which is chosen in the Space's settings" if zero else "a CPU"
    typer.echo(
        f"{written.path}: {written.files} files, {written.bytes / 1e6:.1f} MB, for {hardware}. The largest is "
        f"{written.largest}. Commit it to your Space and push."
    )
