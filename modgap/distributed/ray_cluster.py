"""Map a function over a Ray cluster: the only file that imports ray.

Tasks are plain ones, and one that is lost with its machine is handed in again: an actor of a lost machine would wait
until a CPU is free, while the others stand idle. A process of Ray keeps the model that it has loaded for the next task.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any

from modgap.errors import ModgapError

MISSING = "Ray is missing: pip install 'modgap[ray]'."
_TRIES = 4  # of a task whose machine was lost
_PATIENCE = 10.0  # seconds for the cluster to answer
_AHEAD = 2  # tasks handed in for each that can run


class RayCluster:
    """A Ray cluster as a mapping over tasks; leave the `with` block to end what it started.

    address: of a running cluster ("auto", "host:6379", "ray://host:10001"); None takes the one that the environment
    variable RAY_ADDRESS names, else starts one on this machine.

        with RayCluster() as cluster:
            encoded = encode_in_blocks(corpus, blocks, cluster)

    Raises ModgapError where ray is not installed or the cluster cannot be reached.
    """

    def __init__(self, address: str | None = None) -> None:
        try:
            import ray
        except ImportError as error:
            raise ModgapError(MISSING) from error
        self._ray = ray
        self._joined = ray.is_initialized()  # by the caller, who then ends it too
        if not self._joined:
            _require_answer(address or os.environ.get("RAY_ADDRESS", ""))
            try:
                ray.init(address=address, log_to_driver=False, include_dashboard=False, logging_level=logging.ERROR)
            except Exception as error:  # Ray raises errors of many families for an address that does not answer
                raise ModgapError(f"The Ray cluster cannot be reached: {error}") from error

    def __enter__(self) -> RayCluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._joined:
            self._ray.shutdown()

    @property
    def resources(self) -> dict[str, float]:
        """CPUs and GPUs of the cluster now."""
        found = self._ray.cluster_resources()
        return {name: found.get(name, 0.0) for name in ("CPU", "GPU")}

    def __call__(self, work: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """Run `work` on every task, on machines with a GPU where the cluster has one; see `mapping.Mapping`."""
        ray, gpus = self._ray, min(1.0, self.resources["GPU"])
        remote = ray.remote(num_cpus=1, num_gpus=gpus, max_retries=0, scheduling_strategy="SPREAD")(work)
        waiting, tries = list(reversed(range(len(tasks)))), dict.fromkeys(range(len(tasks)), 0)
        running: dict[Any, int] = {}
        while waiting or running:
            room = max(1, int(_AHEAD * self.resources["GPU" if gpus else "CPU"]))
            while waiting and len(running) < room:
                place = waiting.pop()
                tries[place] += 1
                running[remote.remote(tasks[place])] = place
            for done in ray.wait(list(running), timeout=1.0)[0]:
                place = running.pop(done)
                try:
                    result = ray.get(done)
                except ray.exceptions.RayTaskError as error:
                    raise _as_modgap_error(error) from error
                except ray.exceptions.RayError as error:  # the process or its machine is gone
                    if tries[place] >= _TRIES:
                        raise ModgapError(f"A part of the work was lost {_TRIES} times: {error}") from error
                    waiting.append(place)
                else:
                    yield place, result


def _require_answer(address: str) -> None:
    """Raise ModgapError for HOST:PORT or ray://HOST:PORT where nobody listens: Ray itself would wait for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return
    try:
        socket.create_connection((host, int(port)), timeout=_PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise ModgapError(f"The Ray cluster at {address} cannot be reached: {error}") from error


def _as_modgap_error(error: Any) -> ModgapError:
    """What went wrong in a task, in its own words."""
    cause = error.cause
    return cause if isinstance(cause, ModgapError) else ModgapError(f"{type(cause).__name__} on a worker: {cause}")
