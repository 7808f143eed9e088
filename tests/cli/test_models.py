"""`modgap models`."""

import json


def test_the_bundled_model_is_listed_first(run) -> None:
    listed = json.loads(run("models", "--json").stdout)
    assert listed[0] == {"name": "modgap-mini-2", "source": "bundled"}
    assert {"name": "ViT-B-32/laion2b_s34b_b79k", "source": "download"} in listed
    assert run("models").stdout.startswith("modgap-mini-2  (bundled)\n")
