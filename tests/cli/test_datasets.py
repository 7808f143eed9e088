"""`modgap datasets`."""

import json


def test_the_benchmarks_are_listed_with_the_files_that_they_need(run) -> None:
    listed = json.loads(run("datasets", "--json").stdout)
    assert [each["name"] for each in listed] == ["flickr8k", "coco", "mmqa", "webqa", "mixbench", "mbeir", "beir"]
    shown = run("datasets").stdout
    assert f"needs: {listed[0]['needs']}" in shown
