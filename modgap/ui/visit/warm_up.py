"""What a server does before anybody asks: the sample first, whose vectors are shipped, and only then the model.

While PyTorch is imported the rest of the process nearly stands still. So the model loads after the first visitor has
been answered, or when nobody has come for a while.
"""

from __future__ import annotations

import logging
import threading
import time

from modgap.progress import silent
from modgap.ui.visit.calibrating import calibrate
from modgap.ui.visit.loading import load_sample
from modgap.ui.visit.model import SharedEncoder
from modgap.ui.visit.sample import KeptSample
from modgap.ui.visit.zero_gpu import on_zero_gpu

PATIENCE = 15.0  # seconds without a visitor after which the model loads anyway
ANSWERED = 1.0  # seconds from the first visitor's click until its answer is surely on the page
log = logging.getLogger("modgap.ui")


def warm_up(
    encoder: SharedEncoder, sample: KeptSample, *, patience: float = PATIENCE, answered: float = ANSWERED
) -> threading.Thread:
    """Prepare the sample and load the model in a thread, which is returned; an error shows at the first use."""

    def work() -> None:
        try:
            model = encoder.get()  # any but the bundled one loads here
            if not model.loaded and not on_zero_gpu():  # there a GPU is lent to calls of visitors only
                prepare_sample(encoder, sample)
                if sample.asked.wait(patience):
                    time.sleep(answered)
            model.wake()
        except Exception as error:  # the visitor who needs the encoder sees the message; the operator reads the log
            log.warning("the model is not ready: %s", error)

    thread = threading.Thread(target=work, name="warm-up", daemon=True)
    thread.start()
    return thread


def prepare_sample(encoder: SharedEncoder, sample: KeptSample) -> None:
    """Encode and calibrate the sample as the first visitor would."""
    loaded = sample.load(lambda: load_sample(encoder, silent), prepare=True)
    sample.calibrate(loaded, lambda: calibrate(loaded.collection, "", silent))
