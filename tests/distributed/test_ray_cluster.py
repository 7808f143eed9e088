"""A Ray cluster of two nodes on this machine: one is killed in mid-run, and nothing is missing at the end."""

from __future__ import annotations

import sys
import time

import pytest

from modgap.distributed.ray_cluster import RayCluster
from modgap.errors import CorpusError, ModgapError

ray = pytest.importorskip("ray", reason="ray comes with the test extra")
pytestmark = pytest.mark.timeout(240)

QUICK = {"health_check_initial_delay_ms": 500, "health_check_period_ms": 500, "health_check_failure_threshold": 4}


def slow_square(number: int) -> tuple[int, str]:
    time.sleep(0.4)
    return number * number, ray.get_runtime_context().get_node_id()


def fail(number: int) -> int:
    if number == 1:
        raise CorpusError("block 1 cannot be read")
    return number // 0


@pytest.fixture(scope="module")
def nodes():
    from ray.cluster_utils import Cluster

    cluster = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 2, "_system_config": QUICK, "include_dashboard": False},
    )
    other = cluster.add_node(num_cpus=2)
    cluster.wait_for_nodes()
    yield cluster, other
    ray.shutdown()
    cluster.shutdown()


def test_a_lost_machine_loses_no_part_of_the_work(nodes):
    cluster, other = nodes
    with RayCluster(cluster.address) as mapped:
        assert mapped.resources["CPU"] == 4
        found, places, killed = {}, set(), False
        for place, (square, node) in mapped(slow_square, list(range(24))):
            found[place] = square
            places.add(node)
            if len(places) == 2 and not killed:
                cluster.remove_node(other, allow_graceful=False)
                killed = True

    assert killed, "both nodes had a part"
    assert found == {number: number * number for number in range(24)}


def test_an_error_of_the_work_is_told_in_its_own_words(nodes):
    cluster, _ = nodes
    with RayCluster(cluster.address) as mapped:
        with pytest.raises(CorpusError, match="block 1 cannot be read"):
            list(mapped(fail, [1]))
        with pytest.raises(ModgapError, match="ZeroDivisionError on a worker"):
            list(mapped(fail, [2]))


@pytest.mark.usefixtures("nodes")
def test_a_cluster_that_does_not_answer_is_said():
    with pytest.raises(ModgapError, match="cannot be reached"):
        RayCluster("127.0.0.1:1")


def test_without_ray_the_install_command_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ModgapError, match=r"pip install 'modgap\[ray\]'"):
        RayCluster()
