"""The background of caption scores: means, matching pairs and random pairs."""

import numpy as np
import pytest

from modgap.corpus import Corpus
from modgap.errors import CalibrationError
from modgap.evaluation.captions import Background, picture_vector, score_captions
from modgap.evaluation.captions.background import Reference
from modgap.items import Item, Modality
from modgap.search.collection import Collection


def test_share_below_counts_equals_half():
    reference = Reference(0.5, np.asarray([0.0, 0.1, 0.1, 0.3]))
    assert [reference.share_below(each) for each in (-1, 0.1, 0.2, 1)] == [0, 0.5, 0.75, 1]


class TestBackground:
    """Of a collection whose vectors are chosen by hand; the encoder gives its texts the same ones."""

    class Chosen:
        name, dimension, cache, decode_side = "chosen", 3, None, 8

        def __init__(self, vectors):
            self.vectors = vectors

        def encode_texts(self, texts, *, progress=None):
            return np.asarray([self.vectors[text] for text in texts], dtype=np.float32)

    def collection(self, *, captioned: bool, passages: bool = True) -> Collection:
        vectors = {"a dog.": [0.6, 0.8, 0], "a cat.": [0.6, 0, 0.8]}
        captions = list(vectors) if captioned else [None, None]
        items = [Item(f"p{row}", Modality.IMAGE, caption=captions[row]) for row in range(2)]
        items += [Item(text, Modality.TEXT, text=f"{text} More.") for text in vectors if passages]
        images = [[0.8, 0.6, 0], [0.8, 0, 0.6]]
        stacked = np.asarray([*images, *vectors.values()], dtype=np.float32)[: len(items)]
        return Collection(items, stacked, encoder=self.Chosen(vectors), corpus=Corpus(items))  # type: ignore[arg-type]

    @pytest.mark.parametrize("captioned", [True, False])
    def test_mean_pair_and_random_pairs_by_hand(self, captioned):
        found = Background.from_collection(self.collection(captioned=captioned), "two pictures")

        assert found.image_mean.tolist() == pytest.approx([0.8, 0.3, 0.3])
        assert found.text_mean.tolist() == pytest.approx([0.6, 0.4, 0.4])
        # right pairs have cosine .48 + .48 = .96, wrong ones .48; centred they are opposite directions
        assert found.references["clipscore"].mean_pair == pytest.approx(2.4)
        assert found.references["i0t_score"].mean_pair == pytest.approx(1)
        wrong = found.references["i0t_score"].random.tolist()
        assert wrong == pytest.approx([-1, -1] if captioned else [-1, -1, 1, 1])
        assert ("own captions" in found.pairs) is captioned

    def test_captioned_pictures_need_no_passages(self):
        found = Background.from_collection(self.collection(captioned=True, passages=False), "two pictures")
        assert found.references["clipscore"].mean_pair == pytest.approx(2.4)

    def test_pictures_without_captions_and_passages_are_refused(self):
        with pytest.raises(CalibrationError, match="no passages"):
            Background.from_collection(self.collection(captioned=False, passages=False), "two pictures")

    def test_vectors_without_an_encoder_are_refused(self):
        vectors = Collection.from_vectors(["a", "b"], ["image", "text"], [[1.0, 0], [0, 1.0]])
        with pytest.raises(CalibrationError, match="no encoder"):
            Background.from_collection(vectors, "vectors")

    def test_a_saved_calibration_gives_its_means_and_no_pairs(self, tmp_path, encoder, background, photo):
        rng = np.random.default_rng(0)
        ids, kinds = [f"{n}" for n in range(40)], ["image"] * 20 + ["text"] * 20
        collection = Collection.from_vectors(ids, kinds, rng.normal(size=(40, encoder.dimension)), model=encoder.name)
        calibration = collection.calibrate(rng.normal(size=(60, encoder.dimension)))
        found = Background.from_calibration(calibration, model=encoder.name, dimension=encoder.dimension)

        assert found.image_mean == pytest.approx(collection.vectors[:20].mean(axis=0), abs=1e-6)
        scored = score_captions(picture_vector(photo, encoder), ["a cat"], encoder, found)
        assert not scored.captions[0].standing
        assert any("give a corpus too" in note for note in scored.notes)
        with pytest.raises(CalibrationError):
            Background.from_calibration(calibration, model="another", dimension=encoder.dimension)
