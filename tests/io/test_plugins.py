"""Methods, engines and encoders of installed packages are found by name; a broken one stops nothing."""

import json
import os
import subprocess
import sys
import textwrap
import warnings
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from modgap.errors import ModgapError
from modgap.io import plugins

ROOT = Path(__file__).resolve().parents[2]
MODULE = '''
import numpy as np
from modgap.methods import Raw
from modgap.engines.live import LiveEngine
from modgap.engines.stored import Stored


class Halved(Raw):
    """Half of the cosine."""

    name, title = "halved", "Half of the cosine"

    def transform(self, scores, item_groups):
        return super().transform(scores, item_groups) / 2


class Letters:
    """Vectors of letter counts; a picture is its mean colour."""

    def encode_texts(self, texts):
        return [[text.lower().count(letter) + 0.1 for letter in "rgb"] for text in texts]

    def encode_pictures(self, pictures):
        return [np.asarray(picture, dtype=float).reshape(-1, 3).mean(axis=0) + 0.1 for picture in pictures]


class Shelf(LiveEngine):
    """Six items in memory."""

    ITEMS = {
        f"{group}{n}": (group, np.eye(3, dtype=np.float32)[n])
        for group in ("image", "text") for n in range(3)
    }

    def _count_groups(self):
        return {"image": 3, "text": 3}

    def _nearest(self, queries, k, group):
        mine = [(i, v) for i, (g, v) in self.ITEMS.items() if g == group]
        return [sorted(((i, float(q @ v)) for i, v in mine), key=lambda pair: -pair[1])[:k] for q in queries]

    def _fetch(self, ids):
        return [Stored(i, self.ITEMS[i][0], None, self.ITEMS[i][1]) for i in ids if i in self.ITEMS]

    def _draw(self, group, n):
        return self._fetch([i for i, (g, _) in self.ITEMS.items() if g == group][:n])

    @property
    def dimension(self):
        return 3

    def create(self, dimension, model):
        pass

    def write(self, items):
        pass

    def advice(self, queries, k=10):
        raise NotImplementedError


def shelf(url, *, sample):
    return Shelf(url, sample=sample)
'''
POINTS = """
[modgap.methods]
halved = stranger:Halved
raw = stranger:Halved
broken = stranger:Nothing

[modgap.encoders]
letters = stranger:Letters

[modgap.engines]
shelf = stranger:shelf
"""


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """A folder that is an installed package with entry points."""
    (tmp_path / "stranger.py").write_text(MODULE, encoding="utf-8")
    information = tmp_path / "stranger-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n", encoding="utf-8")
    (information / "entry_points.txt").write_text(textwrap.dedent(POINTS), encoding="utf-8")
    return tmp_path


def run(stranger: Path, code: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{stranger}"}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False, cwd=ROOT
    )


def test_a_method_of_a_package_is_known_everywhere(stranger: Path) -> None:
    done = run(
        stranger,
        "import numpy as np, modgap.methods as m\n"
        "print('halved' in m.METHODS, m.method_by_name('halved').transform(np.array([0.5]), ['text']))\n"
        "print(type(m.method_by_name('raw')).__name__, 'broken' in m.METHODS)\n",
    )
    assert done.stdout.splitlines() == ["True [0.25]", "Raw False"], done.stderr
    assert 'The plugin "raw" of modgap.methods is not used' in done.stderr
    assert '"broken" of modgap.methods (stranger:Nothing) cannot be loaded' in done.stderr
    assert "Repair or uninstall stranger" in done.stderr


def test_an_encoder_of_a_package_is_a_model_by_name(stranger: Path, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in ("rrr", "ggg", "bbb"):
        (corpus / f"{name}.txt").write_text(name, encoding="utf-8")
    code = (
        f"import sys; sys.argv = ['modgap', 'search', {str(corpus)!r}, 'bb', '--model', 'letters', '--no-cache', "
        "'--method', 'raw', '--json']\n"
        "from modgap.cli.main import main\nmain()"
    )
    done = run(stranger, code)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["hits"][0]["id"] == "bbb.txt"


def test_an_engine_of_a_package_is_opened_by_its_url(stranger: Path) -> None:
    done = run(
        stranger,
        "import numpy as np\nfrom modgap.engines.connect import open_engine\n"
        "engine = open_engine('shelf://here/items?colour=red')\n"
        "top = engine.top_k(np.eye(3, dtype=np.float32)[:1], 2, 'image')\n"
        "print(engine.url.options, engine.url.product, engine.count('text'), [engine.ids[r] for r in top.rows[0]])\n",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().startswith("{'colour': 'red'} shelf 3 ['image0'")


def test_what_ships_is_named_in_the_same_way() -> None:
    from modgap.engines.connect import SHIPPED

    assert {kind: callable(plugins.load_plugin(point)) for kind, point in SHIPPED.items()} == dict.fromkeys(
        ("postgresql", "milvus", "qdrant", "opensearch"), True
    )


def test_a_plugin_that_cannot_be_loaded_names_its_package() -> None:
    with pytest.raises(ModgapError, match=r'"x" of modgap.methods \(nowhere:X\) cannot be loaded: ModuleNotFound'):
        plugins.load_plugin(EntryPoint("x", "nowhere:X", plugins.METHODS))


def test_what_is_added_is_known_in_this_process_and_what_ships_stays() -> None:
    registry = plugins.Registry("modgap.nothing", {"raw": 1})
    registry["own"] = 2
    assert list(registry.items()) == [("raw", 1), ("own", 2)]
    with pytest.raises(ModgapError, match='"raw" ships with modgap'):
        registry["raw"] = 3
    with pytest.raises(KeyError):
        registry["absent"]


def test_nothing_is_said_where_there_are_no_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "plugins", lambda group: {})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert plugins.usable_plugins(plugins.METHODS, ["raw"]) == {}
