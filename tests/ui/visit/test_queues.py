"""The queue of corpora to read: its length, the time left, and what a visitor reads of it."""

from __future__ import annotations

import threading
import time

import gradio as gr
import pytest
from gradio_client import Client

from modgap.errors import ModgapError
from modgap.ui.visit import queues
from modgap.ui.visit.queues import MAX_READING, ReadingQueue


@pytest.mark.parametrize(
    ("queue", "words"),
    [
        (ReadingQueue(0), ""),
        (ReadingQueue(0, 0.0), ""),
        (ReadingQueue(1), "1 visitor is before you. "),
        (ReadingQueue(3, 12.0), "3 visitors are before you: reading begins in about 15 s. "),
        (ReadingQueue(60, 61.0), "60 visitors are before you: reading begins in about 2 minutes. "),
    ],
)
def test_a_visitor_reads_the_place_and_the_time_left(queue, words):
    assert queue.place() == (words and f"{words}You can leave with “Stop reading”.")


@pytest.mark.parametrize(("seconds", "when"), [(None, "in a few minutes"), (100.0, "in about 2 minutes")])
def test_a_full_queue_says_so_and_when_to_come_back(seconds, when):
    with pytest.raises(ModgapError, match=f"{MAX_READING} visitors wait .* try again {when}"):
        ReadingQueue(MAX_READING, seconds).place()


def test_the_queue_of_a_running_page_is_counted_and_its_time_estimated():
    go = threading.Event()

    def read() -> str:
        go.wait(timeout=30)
        return "read"

    with gr.Blocks() as page:
        gr.api(read, api_name="read", **queues.ENCODING)
    page.queue(max_size=queues.MAX_QUEUE)
    assert ReadingQueue.of_page(page) == ReadingQueue(0)
    _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True)
    try:
        client = Client(url, verbose=False)
        jobs = [client.submit(api_name="/read") for _ in range(5)]
        deadline = time.monotonic() + 20
        while ReadingQueue.of_page(page).calls != 3 and time.monotonic() < deadline:  # two are being read
            time.sleep(0.02)
        assert ReadingQueue.of_page(page) == ReadingQueue(3)
        go.set()
        assert [job.result(timeout=20) for job in jobs] == ["read"] * 5
        taken = page._queue.process_time_per_fn
        assert ReadingQueue.of_page(page).calls == 0
        page._queue.event_queue_per_concurrency_id["encoder"].queue.extend([None] * 4)  # 4 wait, 2 at a time
        mean = sum(each.process_time for each in taken.values()) / 5
        assert ReadingQueue.of_page(page).seconds == pytest.approx(2 * mean)
        page._queue.event_queue_per_concurrency_id["encoder"].queue.clear()
    finally:
        page.close(verbose=False)
