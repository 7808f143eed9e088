"""A temporary folder of its own for each process: private, removed at its end, and swept after a kill."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from modgap.io.process_folder import new_folder, process_folder, sweep

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
HOLD = """
import filelock, os, sys
from modgap.io.process_folder import new_folder, process_folder
if len(sys.argv) > 1:  # only now, since another user may not be able to read this checkout
    os.setgid(int(sys.argv[1]))
    os.setuid(int(sys.argv[1]))
(new_folder("upload") / "picture.jpg").write_bytes(b"x")
print(process_folder(), flush=True)
sys.stdin.readline()
"""


def start(parent: Path, *user: int) -> tuple[subprocess.Popen, Path]:
    """A process, of another user if one is given, that has written into its folder and waits; and that folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, *map(str, user)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(parent), "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


@pytest.fixture
def parent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A temporary folder as of a system: everyone may write, nobody may remove what is another's."""
    folder = tmp_path_factory.mktemp("system")
    folder.chmod(0o1777)
    return folder


def test_a_process_has_one_private_folder_for_all_its_files() -> None:
    assert process_folder() == process_folder()
    first, second = new_folder("archive"), new_folder("archive")
    assert first != second
    assert first.parent == second.parent == process_folder()
    assert process_folder().stat().st_mode & 0o077 == 0


def test_a_process_that_ends_leaves_nothing(parent: Path) -> None:
    process, folder = start(parent)
    assert (folder.parent, len(list(folder.glob("upload-*/picture.jpg")))) == (parent.resolve(), 1)
    process.communicate("\n", timeout=60)
    assert process.returncode == 0
    assert list(parent.iterdir()) == []


def test_what_a_killed_process_left_is_swept_and_what_a_running_one_holds_is_not(parent: Path) -> None:
    killed, left = start(parent)
    running, held = start(parent)
    assert left.is_dir(), "a running process is no left-over for the next one"
    killed.send_signal(signal.SIGKILL)
    killed.wait(timeout=60)
    (parent / "modgap-of-someone-else").mkdir()  # without a lock: not made here
    assert sweep(parent) == [left]
    assert not left.exists()
    assert held.is_dir()
    assert (parent / "modgap-of-someone-else").is_dir()
    running.communicate("\n", timeout=60)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can start a process of another")
def test_two_users_of_one_machine_do_not_stand_in_each_others_way(parent: Path) -> None:
    ours, first = start(parent)
    theirs, second = start(parent, NOBODY)
    assert first != second
    assert first.is_dir()
    assert second.is_dir()
    assert (first.stat().st_uid, second.stat().st_uid) == (0, NOBODY)
    for process in (ours, theirs):
        process.communicate("\n", timeout=60)
    assert list(parent.iterdir()) == []
