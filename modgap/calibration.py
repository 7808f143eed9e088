"""The `Calibration` artefact: what was learnt from pseudo-positives, saved as JSON and applied anywhere.

    z(q, d)   = (s(q, d) - mean[m(q)][m(d)]) / std[m(q)][m(d)]          standard deviations
    fit(q, d) = share of calibration queries of modality m(q) whose best item of modality m(d) scored below s(q, d)

m(q) and m(d) are the modalities of query and item, s is the cosine. Every pair of modalities has statistics of its
own: a picture as a query stands in another place of the space than words do.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import math
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.errors import CalibrationError
from modgap.items import Modality
from modgap.mean_files import means_path, read_means, save_means
from modgap.methods import Learnt
from modgap.methods.standardized import SimilarityStandardizer, check_moments
from modgap.statistics import Interval, Moments, bootstrap_mean_std, percentiles, share_below

FORMAT = "modgap.calibration/1"
FEW_QUERIES = 50  # below this the intervals of the statistics are wide
UNEQUAL_POOLS = 10  # a best of n grows with n; beyond this ratio the two modalities' bests are hardly alike


@dataclass(frozen=True)
class ScoreStatistics:
    """Of the pseudo-positive scores (cosines) of one pair (query modality, item modality).

    mean, std, n: as in the formula above. mean_ci95, std_ci95: bootstrap intervals over queries.
    quantiles: the percentiles 0..100, from which `fit` is read.
    """

    mean: float
    std: float
    n: int
    mean_ci95: Interval
    std_ci95: Interval
    quantiles: tuple[float, ...]

    @classmethod
    def of(cls, best_scores: ArrayLike, modality: Modality, *, ddof: int = 0) -> ScoreStatistics:
        """Statistics of (n_queries,) best scores of items of `modality`. Raises CalibrationError naming the cause."""
        moments = Moments.of(best_scores)
        check_moments(moments, modality)
        mean_ci95, std_ci95 = bootstrap_mean_std(best_scores, ddof=ddof)
        return cls(moments.mean, moments.std(ddof), moments.n, mean_ci95, std_ci95, tuple(percentiles(best_scores)))


@dataclass(frozen=True)
class QuerySource:
    """Where the calibration queries of one modality came from: "given", or "automatic" and how they were chosen."""

    kind: str
    count: int
    description: str


@dataclass(frozen=True)
class Calibration:
    """Statistics of one model on one corpus. Immutable; make it with `Collection.calibrate` or `Calibration.load`.

    model, dimension: the encoder it belongs to. counts: items by modality. fingerprint: of the corpus.
    created: ISO 8601, UTC. parameters: k and ddof of the statistics. queries: by query modality.
    statistics: [query modality][item modality]. means: mean vectors (d,) of the items, "text" and "image", and of the
    calibration queries, "query.text" and "query.image"; they travel in a `.safetensors` file beside the JSON.
    """

    model: str
    dimension: int
    counts: dict[str, int]
    fingerprint: str
    created: str
    parameters: dict[str, int]
    queries: dict[str, QuerySource]
    statistics: dict[str, dict[str, ScoreStatistics]]
    means: dict[str, NDArray[np.float32]] = field(default_factory=dict, compare=False, repr=False)

    def of(self, query_modality: str = "text") -> dict[str, ScoreStatistics]:
        """Statistics by item modality for queries of one modality. Raises CalibrationError where there are none."""
        if query_modality not in self.statistics:
            kind = "picture" if query_modality == Modality.IMAGE.value else "text"
            raise CalibrationError(
                f"This calibration has no statistics for {kind} queries: calibrate again with {kind} queries."
            )
        return self.statistics[query_modality]

    def z(
        self, scores: ArrayLike, item_modality: NDArray[np.str_], *, query_modality: str = "text"
    ) -> NDArray[np.float32]:
        """Cosines (..., n_items) -> standard deviations of the same shape; item_modality: (n_items,)."""
        return self.standardizer(query_modality).transform(scores, item_modality)

    def standardizer(self, query_modality: str = "text") -> SimilarityStandardizer:
        """The method that these statistics make, ready to transform scores of queries of one modality."""
        statistics = self.of(query_modality)
        return SimilarityStandardizer.of(
            mean={m: statistics[m.value].mean for m in Modality}, std={m: statistics[m.value].std for m in Modality}
        )

    def learnt(self, query_modality: str = "text") -> Learnt:
        """What the artefact carries for queries of one modality, as methods take it (`Method.restore`)."""
        statistics = {m: self.of(query_modality)[m.value] for m in Modality}
        named = {"text": "text", "image": "image", "query": f"query.{query_modality}"}
        return Learnt(
            query_modality=query_modality,
            counts={m: self.counts[m.value] for m in Modality},
            mean={m: s.mean for m, s in statistics.items()},
            std={m: s.std for m, s in statistics.items()},
            low={m: s.quantiles[0] for m, s in statistics.items()},
            high={m: s.quantiles[-1] for m, s in statistics.items()},
            means={name: self.means[kept] for name, kept in named.items() if kept in self.means},
        )

    def fit(
        self, scores: ArrayLike, item_modality: NDArray[np.str_], *, query_modality: str = "text"
    ) -> NDArray[np.float64]:
        """Cosines (n_items,) -> share (0..1) of calibration queries whose best item of that modality scored lower."""
        cosines = np.asarray(scores, dtype=np.float64)
        share = np.zeros_like(cosines)
        for modality, statistics in self.of(query_modality).items():
            members = np.asarray(item_modality) == modality
            share[members] = share_below(cosines[members], statistics.quantiles, statistics.n)
        return share

    def require(self, *, model: str, dimension: int) -> None:
        """Raise CalibrationError unless it was made for this model and dimension."""
        if self.dimension != dimension:
            raise CalibrationError(
                f"The calibration was made for {self.dimension}-dimensional vectors and these have {dimension}: "
                f"calibrate this corpus again."
            )
        if self.model != model:
            raise CalibrationError(
                f'The calibration was made with the model "{self.model}" and the corpus is encoded with "{model}": '
                f"calibrate again, or search with the same model."
            )

    def warnings(self) -> list[str]:
        """What makes these statistics less trustworthy, in plain sentences; empty when nothing does."""
        found = []
        found += [
            f"Only {source.count} {name} queries calibrated it: give {FEW_QUERIES} or more for steady statistics."
            for name, source in self.queries.items()
            if source.count < FEW_QUERIES
        ]
        small, large = sorted(self.counts.values())
        if small and large / small > UNEQUAL_POOLS:
            found.append(
                f"The pools are very unequal ({self.counts['image']} pictures, {self.counts['text']} passages): the "
                f"best of a large pool is higher by chance, which favours the smaller one."
            )
        return found

    def to_json(self) -> dict[str, Any]:
        """The artefact as plain JSON values, `format` first."""
        document = asdict(replace(self, means={}))
        del document["means"]
        return {"format": FORMAT, **document}

    @classmethod
    def from_json(cls, document: Any, *, name: str = "The calibration") -> Calibration:
        """Read what `to_json` wrote. Raises CalibrationError naming what is missing or not a number."""
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise CalibrationError(f'{name} is not a modgap calibration: its "format" is not "{FORMAT}".')
        try:
            return cls(
                model=str(document["model"]),
                dimension=int(document["dimension"]),
                counts={m.value: int(document["counts"][m.value]) for m in Modality},
                fingerprint=str(document["fingerprint"]),
                created=str(document["created"]),
                parameters={key: int(value) for key, value in document["parameters"].items()},
                queries={key: QuerySource(**value) for key, value in document["queries"].items()},
                statistics={
                    query: {item: _statistics_from_json(value) for item, value in by_item.items()}
                    for query, by_item in document["statistics"].items()
                },
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CalibrationError(f"{name} is damaged ({type(error).__name__}: {error}): calibrate again.") from error

    def save(self, path: str | Path) -> Path:
        """Write the artefact as JSON, and its means as `.safetensors` beside it; each whole or not at all.

        Older files of these names are replaced.
        """
        path = Path(path).expanduser()
        beside = means_path(path)
        draft, means_draft = (each.with_name(f".{each.name}.{os.getpid()}.part") for each in (path, beside))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(self.to_json(), indent=1, allow_nan=False) + "\n", encoding="utf-8")
            if self.means:
                save_means(means_draft, self.means, belongs_to=self._identity())
            os.replace(draft, path)
            if self.means:
                os.replace(means_draft, beside)
            else:
                beside.unlink(missing_ok=True)
        except OSError as error:
            raise CalibrationError(f"{path} cannot be written: {error.strerror or error}.") from error
        finally:
            for each in (draft, means_draft):
                with contextlib.suppress(OSError):
                    each.unlink(missing_ok=True)
        return path

    @classmethod
    def load(cls, path: str | Path) -> Calibration:
        """Read a saved artefact, with its means where their file is beside it.

        Raises CalibrationError naming the file and the cause.
        """
        path = Path(path).expanduser()
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise CalibrationError(f"The calibration {path} cannot be read: {error.strerror or error}.") from error
        except (ValueError, RecursionError) as error:
            raise CalibrationError(f"{path} is not JSON ({error}): give a file of `modgap calibrate`.") from error
        calibration = cls.from_json(document, name=str(path))
        means = read_means(path, dimension=calibration.dimension, belongs_to=calibration._identity())
        return replace(calibration, means=means)

    def _identity(self) -> str:
        """What the file of means repeats, so that it is not taken for another calibration's."""
        return f"{self.model} {self.fingerprint} {self.created}"


def now() -> str:
    """The time of a new artefact: ISO 8601, UTC, to the second."""
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")


def _statistics_from_json(value: dict[str, Any]) -> ScoreStatistics:
    statistics = ScoreStatistics(
        mean=float(value["mean"]),
        std=float(value["std"]),
        n=int(value["n"]),
        mean_ci95=Interval(**value["mean_ci95"]),
        std_ci95=Interval(**value["std_ci95"]),
        quantiles=tuple(float(q) for q in value["quantiles"]),
    )
    if not (math.isfinite(statistics.mean) and math.isfinite(statistics.std) and statistics.std > 0):
        raise ValueError(f"mean {statistics.mean} and std {statistics.std} cannot standardize a score")
    if not statistics.quantiles or list(statistics.quantiles) != sorted(statistics.quantiles):
        raise ValueError("the quantiles do not ascend")
    return statistics
