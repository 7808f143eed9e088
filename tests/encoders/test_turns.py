"""Turns: one at a time, in the order of asking, and freed by what fails."""

import threading
import time

import pytest

from modgap.encoders.turns import Turns


def test_turns_are_granted_one_at_a_time_in_the_order_of_asking() -> None:
    turns, order, inside = Turns(), [], []

    def ask(name: int) -> None:
        with turns.turn():
            inside.append(name)
            assert inside == [name]
            order.append(name)
            inside.remove(name)

    with turns.turn():
        threads = []
        for name in range(8):
            threads.append(threading.Thread(target=ask, args=(name,)))
            threads[-1].start()
            while len(turns._waiting) < name + 2:  # this one has asked
                time.sleep(0.001)
    for thread in threads:
        thread.join(timeout=10)
    assert order == list(range(8))


def test_a_turn_that_fails_is_given_back() -> None:
    turns = Turns()
    with pytest.raises(KeyError), turns.turn():
        raise KeyError
    with turns.turn():
        pass
