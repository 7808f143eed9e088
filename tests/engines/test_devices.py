"""The choice of a processor."""

import subprocess
import sys

import pytest

from modgap.engines.devices import best_device


def test_small_work_stays_on_the_cpu_wherever_it_runs() -> None:
    assert best_device(1000, 1000, 512) == "cpu"


@pytest.mark.parametrize(("there_is_one", "expected"), [(True, "cuda"), (False, "cpu")])
def test_large_work_goes_to_cuda_where_there_is_one(
    there_is_one: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: there_is_one)
    assert best_device(1000, 100_000, 512) == expected


def test_pytorch_is_not_loaded_where_there_is_no_driver() -> None:
    script = (
        "import sys; from modgap.engines import devices; devices._DRIVERS = ('no such library',);"
        "print(devices.best_device(1000, 100_000, 512), 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["cpu", "False"]
