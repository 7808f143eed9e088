"""`modgap doctor`."""

from __future__ import annotations

import json
import sys

import modgap


def test_a_report_names_versions_device_cache_and_what_is_missing(run) -> None:
    found = json.loads(run("doctor", "--json").stdout)
    assert found["modgap"] == modgap.__version__
    assert found["Python"].startswith(".".join(map(str, sys.version_info[:3])))
    assert found["bundled model"].startswith("there, weights ")
    assert found["device"] == "CPU" or found["device"].startswith("CUDA")
    assert "GB" in found["free disk there"]
    printed = run("doctor").stdout
    assert all(name in printed for name in ("torch", "gradio", "vector cache", "extras that are missing"))


def test_a_missing_extra_is_told_with_its_command(run, monkeypatch) -> None:
    monkeypatch.setattr("modgap.io.extras.find_spec", lambda module: None)
    assert "pip install 'modgap[ray]'" in json.loads(run("doctor", "--json").stdout)["extras that are missing"]
