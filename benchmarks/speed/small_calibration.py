"""Time to calibrate a small corpus with the bundled model loaded: 6 pictures and 8 passages of the sample.

    python -m benchmarks.speed.small_calibration [--repeats 7]

Such a corpus is asked mostly queries of the written bank, and the no-match test asks meaningless ones: the same texts
for every corpus. `shipped` takes their vectors from the file beside the weights, `kept` from an earlier calibration of
the same process (any other model), and `computed each time` encodes the 202 that this corpus needs. Runs are
interleaved, because other load on the machine slows all of a round alike; medians, and the median of the ratios inside
each round.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from benchmarks.provenance import provenance
from modgap.calibration import Calibration
from modgap.calibration.queries import TARGET_QUERY_COUNT, draw, query_bank
from modgap.corpus import Corpus, read_corpus
from modgap.encoders import Encoder, load_encoder
from modgap.io.assets import asset_path
from modgap.items import Modality
from modgap.search.collection import Collection
from modgap.vectors import Vectors

PICTURES, PASSAGES = 6, 8


def small_corpus() -> Corpus:
    """The first pictures of the sample, and its first passages in other words, as theirs are shipped too."""
    items = read_corpus(asset_path("sample", "corpus")).items
    pictures = [item for item in items if item.modality is Modality.IMAGE][:PICTURES]
    passages = [item for item in items if item.modality is Modality.TEXT][:PASSAGES]
    return Corpus([*pictures, *(replace(item, text=f"In short: {item.text}") for item in passages)])


def needed_only(encoder: Encoder) -> Callable[[Sequence[str]], Vectors]:
    """Encodes texts whenever it is asked, of the bank only those that are drawn for this corpus; others stay zero."""
    bank = query_bank()
    drawn = draw(list(range(len(bank))), TARGET_QUERY_COUNT - PASSAGES, 0)

    def encode(texts: Sequence[str]) -> Vectors:
        rows = drawn if list(texts) == bank else list(range(len(texts)))
        vectors = np.zeros((len(texts), encoder.dimension), dtype=np.float32)
        vectors[rows] = encoder.encode_texts([texts[row] for row in rows])
        return vectors

    return encode


def learnt(calibration: Calibration) -> list[float]:
    """The means and deviations of the queries in words, and the threshold of the no-match test."""
    numbers = [x for each in calibration.statistics["text"].values() for x in (each.mean, each.std)]
    return [*numbers, calibration.evidence.threshold if calibration.evidence else 0.0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=7)
    arguments = parser.parse_args()
    shipped = load_encoder(device="cpu")
    kept, forgetful = copy.copy(shipped), copy.copy(shipped)
    shipped.wake()
    kept.shipped, forgetful.shipped = {}, {}
    forgetful.encode_fixed_texts = needed_only(forgetful)
    encoders = {"computed each time": forgetful, "kept": kept, "shipped": shipped}
    encoded = Collection.encode(small_corpus(), shipped)
    collections = {name: Collection(encoded.items, encoded.vectors, encoder=each) for name, each in encoders.items()}
    seconds: dict[str, list[float]] = {name: [] for name in collections}
    for repeat in range(arguments.repeats + 1):
        for name, collection in collections.items():
            start = time.perf_counter()
            collection.calibrate()
            if repeat:  # the first round warms up
                seconds[name].append(time.perf_counter() - start)
    expected, *others = [learnt(collection.calibration_in_use()) for collection in collections.values()]
    apart = max(abs(each - same) for other in others for each, same in zip(other, expected, strict=True))
    print(f"{PICTURES} pictures, {PASSAGES} passages; seconds of Collection.calibrate, medians of {arguments.repeats}")
    for name, values in seconds.items():
        ratio = statistics.median(b / a for a, b in zip(values, seconds["computed each time"], strict=True))
        print(f"{name:20} {statistics.median(values):7.3f} s  {ratio:5.1f} times as fast")
    print(f"largest difference of a statistic: {apart:.1e}")
    print(provenance())


if __name__ == "__main__":
    main()
