"""Shipped files are found in a checkout and in an installed wheel."""

from pathlib import Path

import pytest

from modgap.errors import ModgapError
from modgap.io import assets
from modgap.io.assets import asset_path


def test_a_shipped_file_is_found_below_the_checkout() -> None:
    path = asset_path("models", "modgap-mini", "config.json")
    assert path.is_file()
    assert path.relative_to(Path(assets.__file__).parents[2]).parts[:2] == ("assets", "models")


def test_a_wheel_has_its_files_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "modgap"
    (package / "_assets").mkdir(parents=True)
    (package / "_assets" / "query_bank.txt").touch()
    monkeypatch.setattr(assets, "_PACKAGE", package)
    assert asset_path("query_bank.txt") == package / "_assets" / "query_bank.txt"
    with pytest.raises(ModgapError, match=r"assets/models/mini is missing: reinstall"):
        asset_path("models", "mini")
