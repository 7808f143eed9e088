"""The `Calibration` artefact: what was learnt from pseudo-positives, saved as JSON and applied anywhere.

    z(q, d)   = (s(q, d) - mean[m(q)][m(d)]) / std[m(q)][m(d)]          standard deviations
    fit(q, d) = share of calibration queries of modality m(q) whose best item of modality m(d) scored below s(q, d)

m(q) and m(d) are the modalities of query and item, s is the cosine. Every pair of modalities has statistics of its
own: a picture as a query stands in another place of the space than words do.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.calibration import merge as joining
from modgap.calibration.drift import Drift, drift_of
from modgap.calibration.merge import QuerySource
from modgap.calibration.no_good_match import Evidence
from modgap.calibration.score_statistics import ScoreStatistics
from modgap.engines.numbers import Numbers, one_line
from modgap.errors import CalibrationError, ModgapError
from modgap.io.json_files import read_document, write_document
from modgap.io.mean_vectors import read_means, write_means
from modgap.items import Modality
from modgap.methods import Learnt
from modgap.methods.i0t import Normalisers
from modgap.methods.standardized import SimilarityStandardizer
from modgap.metrics.sample_statistics import share_below

FORMAT = "modgap.calibration/1"
FIT_THRESHOLD = 0.05  # 1 in 20 calibration queries has a best item that is no better
FEW_QUERIES = 50  # below this the intervals of the statistics are wide
WIDE = 0.5  # standard deviations by which the two modalities may be misplaced before it is worth a word
UNEQUAL_POOLS = 10  # a best of n grows with n; beyond this ratio the two modalities' bests are hardly alike


@dataclass(frozen=True)
class Calibration:
    """Statistics of one model on one corpus. Immutable; make it with `Collection.calibrate` or `Calibration.load`.

    model, dimension: the encoder it belongs to. counts: items by modality. fingerprint: of the corpus.
    created: ISO 8601, UTC. parameters: k and ddof of the statistics. queries: by query modality.
    statistics: [query modality][item modality]. fit_threshold: a hit whose fit is below it is no good match.
    means: mean vectors (d,) of the items, "text" and "image", and of the calibration queries, "query.text" and
    "query.image"; they travel in a `.means.safetensors` file beside the JSON.
    evidence: tells word queries that match nothing (see `no_good_match`); None for vectors without an encoder, whose
    meaningless queries nobody can encode.
    normalisers: trained ones of I0T_async, beside the means; None where none were given. after: the statistics of the
    vectors as a method moves them, [method][query modality][item modality]; there for I0T_async with normalisers.
    Means, evidence, normalisers and `after` stay those of the first part in a merge or an update.
    """

    model: str
    dimension: int
    counts: dict[str, int]
    fingerprint: str
    created: str
    parameters: dict[str, int]
    queries: dict[str, QuerySource]
    statistics: dict[str, dict[str, ScoreStatistics]]
    fit_threshold: float = FIT_THRESHOLD
    evidence: Evidence | None = None
    after: dict[str, dict[str, dict[str, ScoreStatistics]]] = field(default_factory=dict)
    means: dict[str, NDArray[np.float32]] = field(default_factory=dict, compare=False, repr=False)
    normalisers: Normalisers | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.fit_threshold <= 1:
            raise CalibrationError(f"The fit threshold is a share, from 0 to 1; got {self.fit_threshold}.")

    @classmethod
    def merge(cls, *parts: Calibration) -> Calibration:
        """One calibration of several, learnt from different queries on the same corpus with the same model.

        Counts, means and deviations are those of the whole, exactly; quantiles and intervals too while the parts
        carry their scores (see `score_statistics`). Automatic queries are the same ones for every part of one
        corpus, so where several parts have them they count once. `created` is the time of the merge.
        Raises CalibrationError for no parts, or parts of different models, corpora or parameters.
        """
        if not parts:
            raise CalibrationError("There is nothing to merge: give one calibration or more.")
        for part in parts[1:]:
            parts[0]._require_same_origin(part)
        queries, statistics, ddof = {}, {}, parts[0].parameters.get("ddof", 0)
        for kind in dict.fromkeys(kind for part in parts for kind in part.statistics):
            having = [part for part in parts if kind in part.statistics]
            having = [having[place] for place in joining.automatic_once([part.queries[kind] for part in having])]
            queries[kind] = QuerySource.joined([part.queries[kind] for part in having])
            statistics[kind] = joining.merged([part.statistics[kind] for part in having], ddof=ddof)
        return replace(parts[0], created=now(), queries=queries, statistics=statistics)

    def update(
        self, best_scores: Mapping[str, ArrayLike], *, query_modality: str = "text", description: str = "later queries"
    ) -> Calibration:
        """This calibration with new queries folded in; it stays as it is itself.

        best_scores: {item modality: (n_queries,) pseudo-positive scores}, found with the same k on the same corpus.
        One query is enough, unless the scores of the earlier ones are no longer carried (then 2 that differ).
        Raises CalibrationError where a modality is missing or new statistics cannot be learnt.
        """
        old, ddof = self.statistics.get(query_modality, {}), self.parameters.get("ddof", 0)
        statistics = joining.updated(old, best_scores, ddof=ddof)
        count = max(np.size(scores) for scores in best_scores.values())
        sources = [self.queries[query_modality]] if query_modality in self.queries else []
        source = QuerySource.joined([*sources, QuerySource("given", count, description)])
        return replace(
            self,
            created=now(),
            queries={**self.queries, query_modality: source},
            statistics={**self.statistics, query_modality: statistics},
        )

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

    def numbers(self, query_modality: str = "text") -> Numbers:
        """What a search engine needs for queries of one modality, as `modgap.engines.snippets.export` takes it.

        Raises ModgapError for an unknown modality, CalibrationError without statistics for such queries.
        """
        if query_modality not in [m.value for m in Modality]:
            raise ModgapError(f'Queries are "text" or "image"; "{query_modality}" is neither.')
        statistics = self.of(query_modality)
        return Numbers(
            mean={m.value: float(statistics[m.value].mean) for m in Modality},
            std={m.value: float(statistics[m.value].std) for m in Modality},
            dimension=self.dimension,
            origin=(
                f"modgap calibration of {self.created[:10]}: model {one_line(self.model)}, "
                f"{self.counts['text']} passages, {self.counts['image']} pictures; "
                f"for {query_modality} queries."
            ),
        )

    def learnt(self, query_modality: str = "text") -> Learnt:
        """What the artefact carries for queries of one modality, as methods take it (`Method.restore`)."""
        named = {"text": "text", "image": "image", "query": f"query.{query_modality}"}
        means = {name: self.means[kept] for name, kept in named.items() if kept in self.means}
        after = {
            name: self._learnt(query_modality, by_query[query_modality], {})
            for name, by_query in self.after.items()
            if query_modality in by_query
        }
        learnt = self._learnt(query_modality, self.of(query_modality), means)
        return replace(learnt, normalisers=self.normalisers, after=after)

    def _learnt(
        self, query_modality: str, by_item: Mapping[str, ScoreStatistics], means: dict[str, NDArray[np.float32]]
    ) -> Learnt:
        statistics = {m: by_item[m.value] for m in Modality}
        return Learnt(
            query_modality=query_modality,
            counts={m: self.counts[m.value] for m in Modality},
            mean={m: s.mean for m, s in statistics.items()},
            std={m: s.std for m, s in statistics.items()},
            low={m: s.quantiles[0] for m, s in statistics.items()},
            high={m: s.quantiles[-1] for m, s in statistics.items()},
            means=means,
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

    def _require_same_origin(self, other: Calibration) -> None:
        for what in ("model", "dimension", "fingerprint", "counts", "parameters", "fit_threshold"):
            mine, others = getattr(self, what), getattr(other, what)
            if mine != others:
                name = "corpus fingerprint" if what == "fingerprint" else what.replace("_", " ")
                raise CalibrationError(
                    f"The calibrations cannot be merged, since they differ in {name} ({mine} and {others}): only "
                    f"statistics of one model on one corpus, learnt with the same parameters, make a whole."
                )

    def asks_for_something(self, query_vector: NDArray[np.float32], best_items: Mapping[str, NDArray]) -> bool:
        """False for words (d,) that match their best items, {modality: (1, d)}, no better than meaningless ones do.

        True where nobody can tell: without evidence or without the means.
        """
        if self.evidence is None or "query.text" not in self.means:
            return True
        return bool(self.evidence.of(query_vector[None, :], best_items, self.means)[0] >= self.evidence.threshold)

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

    def drift(self, best_scores: Mapping[str, ArrayLike], *, query_modality: str = "text") -> list[Drift]:
        """Whether the pseudo-positive scores of new queries, {item modality: (n_queries,)}, still fit this one."""
        return drift_of(self.of(query_modality), best_scores, query_modality=query_modality)

    def offset_errors(self) -> dict[str, float]:
        """By query modality: half the 95 % interval of mean_image - mean_text, in units of the smaller deviation.

        The two means are taken as independent; they share their queries and mostly rise together, so the error of
        their difference is rather smaller than that.
        """
        errors = {}
        for name, pair in self.statistics.items():
            halves = [(s.mean_ci95.high - s.mean_ci95.low) / 2 for s in pair.values()]
            errors[name] = math.hypot(*halves) / min(s.std for s in pair.values())
        return errors

    def warnings(self, query_modality: str | None = None) -> list[str]:
        """What makes these statistics less trustworthy, in plain sentences; empty when nothing does.

        query_modality: leave out what concerns queries of the other kind.
        """
        told = [name for name in self.queries if query_modality in (None, name)]
        found = [
            f"Only {self.queries[name].count} {name} queries calibrated it: give {FEW_QUERIES} or more for steady "
            "statistics."
            for name in told
            if self.queries[name].count < FEW_QUERIES
        ]
        found += [
            f"The offset between pictures and passages is uncertain for {name} queries: its 95 % interval is "
            f"±{error:.2f} of the smaller deviation, so close results may change places: give more queries."
            for name, error in self.offset_errors().items()
            if error > WIDE and name in told and self.queries[name].count >= FEW_QUERIES
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
        plain = asdict(replace(self, statistics={}, means={}, after={}, normalisers=None))
        for kept_elsewhere in ("means", "normalisers", "after", *(("evidence",) if self.evidence is None else ())):
            del plain[kept_elsewhere]
        document = {"format": FORMAT, **plain, "statistics": _to_json(self.statistics)}
        if self.after:
            document["after"] = {name: _to_json(by_query) for name, by_query in self.after.items()}
        return document

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
                statistics=_from_json(document["statistics"]),
                after={name: _from_json(by_query) for name, by_query in document.get("after", {}).items()},
                fit_threshold=float(document.get("fit_threshold", FIT_THRESHOLD)),
                evidence=Evidence.from_json(document["evidence"]) if document.get("evidence") else None,
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CalibrationError(f"{name} is damaged ({type(error).__name__}: {error}): calibrate again.") from error

    def save(self, path: str | Path) -> Path:
        """Write the artefact as JSON, and its means beside it; each whole or not at all. Older ones are replaced.

        Raises CalibrationError where a file cannot be written.
        """
        path = write_document(path, self.to_json())
        write_means(path, self.means_to_keep(), belongs_to=self.identity())
        return path

    @classmethod
    def load(cls, path: str | Path) -> Calibration:
        """Read a saved artefact, with its means where their file is beside it.

        Raises CalibrationError naming the file and the cause.
        """
        calibration = cls.from_json(read_document(path), name=str(Path(path).expanduser()))
        beside = read_means(path, dimension=calibration.dimension, belongs_to=calibration.identity())
        normalisers = Normalisers.from_arrays(beside, model=calibration.model, origin=str(path))
        fault = normalisers.fault() if normalisers is not None else ""
        if fault:
            raise CalibrationError(f"The file of means beside {path} is damaged: {fault}: calibrate again.")
        names = normalisers.arrays() if normalisers else {}
        means = {name: mean for name, mean in beside.items() if name not in names}
        return replace(calibration, means=means, normalisers=normalisers)

    def centroid_distance(self) -> float | None:
        """||mean image - mean text|| of the corpus, in [0, 2]; None where the means did not come along."""
        image, text = (self.means.get(modality.value) for modality in (Modality.IMAGE, Modality.TEXT))
        return None if image is None or text is None else float(np.linalg.norm(image - text))

    def means_to_keep(self) -> dict[str, NDArray[np.float32]]:
        """What the file beside the JSON holds: mean vectors, and the numbers of the normalisers, (d,) each."""
        return {**self.means, **(self.normalisers.arrays() if self.normalisers else {})}

    def identity(self) -> str:
        """What the file of means repeats, so that it is not taken for another calibration's."""
        return f"{self.model} {self.fingerprint} {self.created}"


def _to_json(statistics: Mapping[str, Mapping[str, ScoreStatistics]]) -> dict[str, Any]:
    return {query: {item: each.to_json() for item, each in by_item.items()} for query, by_item in statistics.items()}


def _from_json(document: dict[str, Any]) -> dict[str, dict[str, ScoreStatistics]]:
    return {
        query: {item: ScoreStatistics.from_json(value) for item, value in by_item.items()}
        for query, by_item in document.items()
    }


def now() -> str:
    """The time of a new artefact: ISO 8601, UTC, to the second."""
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
