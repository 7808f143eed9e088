"""Scores of rated captions: encode each picture and each caption once, then score every rated pair."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modgap.corpus import PictureOpener, open_picture
from modgap.encoders import Encoder
from modgap.encoders.encode_items import encode_items
from modgap.errors import CorpusError
from modgap.evaluation.captions.agreement import RESAMPLES, Agreement, agreement
from modgap.evaluation.captions.background import Background, prefixed
from modgap.evaluation.captions.ratings import BROKEN, Rated, Ratings, leave_out
from modgap.items import Item, Modality
from modgap.methods.centroids import mean_vector
from modgap.metrics.caption import ref_clip_score
from modgap.progress import Progress, silent

COMPARED = ("i0t_score", "clipscore")  # the first minus the second


@dataclass(frozen=True)
class RatedScores:
    """Scores (n,) by name of the rated captions (n,), whose pictures have the ids `pictures` (n,).

    ref_clipscore is among them where every picture has a reference. source: of the means of I0T-Score, in words.
    cut: number of captions longer than the encoder reads.
    """

    rated: list[Rated]
    pictures: list[str]
    scores: dict[str, NDArray[np.float64]]
    source: str
    cut: int = 0

    @property
    def ratings(self) -> NDArray[np.float64]:
        """(n,)."""
        return np.asarray([each.rating for each in self.rated])

    def agreement(self, *, resamples: int = RESAMPLES, seed: int = 0, progress: Progress = silent) -> Agreement:
        """Correlation of each score with the ratings, and of I0T-Score against CLIPScore."""
        return agreement(
            self.scores,
            self.ratings,
            self.pictures,
            compared=(COMPARED,),
            resamples=resamples,
            seed=seed,
            progress=progress,
        )

    def write(self, path: Path) -> None:
        """Write a CSV with one row per rated caption: picture, caption, rating, each score.

        Raises CorpusError if it cannot be written.
        """
        try:
            with path.expanduser().open("w", encoding="utf-8", newline="") as file:
                rows = csv.writer(file)
                rows.writerow(["picture", "caption", "rating", *self.scores])
                for number, (each, picture) in enumerate(zip(self.rated, self.pictures, strict=True)):
                    values = (f"{values[number]:.6f}" for values in self.scores.values())
                    rows.writerow([_plain(picture), _plain(each.caption), f"{each.rating:g}", *values])
        except OSError as error:
            raise CorpusError(f"{path} cannot be written ({error.strerror or error}).") from error


def score_ratings(
    ratings: Ratings,
    encoder: Encoder,
    *,
    background: Background | None = None,
    prefix: bool = False,
    clip: bool = False,
    open_picture: PictureOpener = open_picture,
    progress: Progress = silent,
) -> RatedScores:
    """Score every rated caption.

    background: its means are used by I0T-Score; None for those of the rated pictures and of all their rated captions,
    each counted once, as the paper uses the means of the test set. A picture that cannot be decoded is counted in
    `ratings.left_out`, and its captions are left out.
    Raises CorpusError where no picture can be decoded.
    """
    items = [Item(str(row), Modality.IMAGE, path=each.path) for row, each in enumerate(ratings.pictures)]
    encoded = encode_items(items, encoder, open_picture=open_picture, progress=progress)
    image_row = {int(item.id): row for row, item in enumerate(encoded.items)}
    for each in encoded.skipped:
        leave_out(ratings, BROKEN, ratings.pictures[int(each.id)].id)
    rated = [each for each in ratings.rated if each.picture in image_row]
    if not rated:
        raise CorpusError(f"None of the {len(items):,} rated pictures can be decoded: look at them, or at --images.")

    captions = list(dict.fromkeys(each.caption for each in rated))
    known = list(dict.fromkeys(text for row in image_row for text in ratings.pictures[row].references))
    texts = list(dict.fromkeys([*captions, *known]))
    vectors = encoder.encode_texts([prefixed(each, prefix) for each in texts], progress=progress)
    text_row = {text: row for row, text in enumerate(texts)}
    if background is None:
        own = vectors[[text_row[each] for each in captions]]
        words = f"the {len(image_row):,} rated pictures and their {len(captions):,} captions"
        background = Background(mean_vector(encoded.vectors), mean_vector(own), words, prefix)

    images = encoded.vectors[[image_row[each.picture] for each in rated]]
    ours = vectors[[text_row[each.caption] for each in rated]]
    scores = {
        "clipscore": background.score("clipscore", images, ours),
        "i0t_score": background.score("i0t_score", images, ours, clip=clip),
    }
    if all(ratings.pictures[row].references for row in image_row):
        references = {row: vectors[[text_row[text] for text in ratings.pictures[row].references]] for row in image_row}
        scores["ref_clipscore"] = ref_clip_score(images, ours, [references[each.picture] for each in rated])
    cut = sum(encoder.longer_than_read([prefixed(each, prefix) for each in captions]))
    return RatedScores(rated, [ratings.pictures[each.picture].id for each in rated], scores, background.source, cut)


def _plain(text: str) -> str:
    """The text as a cell that no spreadsheet runs as a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
