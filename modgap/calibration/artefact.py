"""The `Calibration` artefact: statistics learnt from pseudo-positives, saved as JSON and applied anywhere.

Every pair (query modality, item group) has statistics of its own: a picture as a query stands in another place of the
space than words do. `hit_scores.py` has the formulas of z and fit.

A saved calibration is one file: JSON with the mean vectors inside, as base64 (`modgap.io.embedded_arrays`). People can
open it, compare two of them and send it, and nothing is left behind where it is moved. Earlier versions wrote the
vectors into a `.means.safetensors` file beside the JSON; such pairs are read as before.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.calibration.document import (
    FIT_THRESHOLD,
    document_from_fields,
    fields_from_arrays,
    fields_from_document,
)
from modgap.calibration.drift import Drift, measure_drift
from modgap.calibration.hit_scores import HitScores
from modgap.calibration.merge import QuerySource, add_queries, distinct_sources, merge_statistics
from modgap.calibration.no_good_match import NoMatchTest
from modgap.calibration.score_statistics import ScoreStatistics
from modgap.calibration.warnings import (
    MIN_STEADY_QUERIES,
    few_queries,
    offset_error,
    uncertain_offsets,
    unequal_pools,
)
from modgap.encoders.precision import FLOAT32
from modgap.engines.numbers import Numbers, one_line
from modgap.errors import CalibrationError, ModgapError
from modgap.io.json_files import read_document, write_document
from modgap.io.mean_vectors import read_means
from modgap.io.notebook import html_table
from modgap.items import Modality, counts_in_words, group_plural
from modgap.methods import FittedState
from modgap.methods.calibrated import list_lengths
from modgap.methods.i0t import Normalisers

_BOTH = tuple(m.value for m in Modality)


@dataclass(frozen=True)
class Calibration:
    """Statistics of one model on one corpus. Immutable; make it with `Collection.calibrate` or `Calibration.load`.

    model, dimension: the encoder it belongs to. counts: items by group. fingerprint: of the corpus.
    created: ISO 8601, UTC. parameters: k and ddof of the statistics. queries: by query modality.
    statistics: by query modality, then by group. fit_threshold: a hit whose fit is below it is no good match.
    means: mean vectors (d,) of the items, by group, and of the calibration queries, "query.text" and "query.image".
    evidence: the no-match test for queries of words; None for vectors without an encoder, whose meaningless queries
        nobody can encode.
    normalisers: trained ones of I0T_async; None where none were given.
    after: the statistics of the vectors as a method moves them, by method, query modality and group; there for
        I0T_async with normalisers.
    group_modality: which tower encodes a group, where its name is neither "text" nor "image".
    precision: in which the encoder computed pictures; see `encoders/precision.py`.
    sampled: by group, of a mean that was taken from a sample: its items `n` and its standard error `error`.
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
    evidence: NoMatchTest | None = None
    after: dict[str, dict[str, dict[str, ScoreStatistics]]] = field(default_factory=dict)
    group_modality: dict[str, str] = field(default_factory=dict)
    precision: str = FLOAT32
    sampled: dict[str, dict[str, float]] = field(default_factory=dict)
    means: dict[str, NDArray[np.float32]] = field(default_factory=dict, compare=False, repr=False)
    normalisers: Normalisers | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.fit_threshold <= 1:
            raise CalibrationError(f"The fit threshold is a share, from 0 to 1; got {self.fit_threshold}.")

    def __repr__(self) -> str:
        """One line: the arrays and scores inside would fill pages."""
        queries = ", ".join(f"{each.count} {modality} queries" for modality, each in self.queries.items())
        return f"<Calibration of {self.model} on {counts_in_words(self.counts)}: {queries}>"

    def _repr_html_(self) -> str:
        rows = [
            [modality, group, each.mean, each.std, each.n]
            for modality, by_group in self.statistics.items()
            for group, each in by_group.items()
        ]
        return html_table(("queries", "items", "mean", "deviation", "n"), rows, repr(self)[1:-1])

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that have statistics."""
        return tuple(next(iter(self.statistics.values()), {}))

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
        for modality in dict.fromkeys(modality for part in parts for modality in part.statistics):
            having = [part for part in parts if modality in part.statistics]
            having = [having[place] for place in distinct_sources([part.queries[modality] for part in having])]
            queries[modality] = QuerySource.merge([part.queries[modality] for part in having])
            statistics[modality] = merge_statistics([part.statistics[modality] for part in having], ddof=ddof)
        return replace(parts[0], created=now(), queries=queries, statistics=statistics)

    def update(
        self, best_scores: Mapping[str, ArrayLike], *, query_modality: str = "text", description: str = "later queries"
    ) -> Calibration:
        """This calibration with new queries merged into it; it stays as it is itself.

        best_scores: {group: (n_queries,) pseudo-positive scores}, found with the same k on the same corpus.
        One query is enough, unless the scores of the earlier ones are no longer carried (then 2 that differ).
        Raises CalibrationError where a group is missing or new statistics cannot be learnt.
        """
        old, ddof = self.statistics.get(query_modality, {}), self.parameters.get("ddof", 0)
        statistics = add_queries(old, best_scores, self.groups, ddof=ddof)
        count = max(np.size(scores) for scores in best_scores.values())
        sources = [self.queries[query_modality]] if query_modality in self.queries else []
        source = QuerySource.merge([*sources, QuerySource("given", count, description)])
        return replace(
            self,
            created=now(),
            queries={**self.queries, query_modality: source},
            statistics={**self.statistics, query_modality: statistics},
        )

    def statistics_for(self, query_modality: str = "text") -> dict[str, ScoreStatistics]:
        """Statistics by group for queries of one modality. Raises CalibrationError where there are none."""
        if query_modality not in self.statistics:
            kind = {"image": "picture", "both": "mixed"}.get(query_modality, "text")
            raise CalibrationError(
                f"This calibration has no statistics for {kind} queries: calibrate again with {kind} queries."
            )
        return self.statistics[query_modality]

    def hit_scores(self, query_modality: str = "text") -> HitScores:
        """Standardizer, quantiles and no-match test for queries of one modality, bound once for many searches.

        Raises CalibrationError where there are no statistics for them.
        """
        test = self.evidence if query_modality == Modality.TEXT.value else None
        return HitScores(self.statistics_for(query_modality), self.fit_threshold, test, self.means)

    def z(
        self, scores: ArrayLike, item_groups: NDArray[np.str_], *, query_modality: str = "text"
    ) -> NDArray[np.float32]:
        """Cosines (..., n_items) -> standard deviations of the same shape; item_groups: (n_items,)."""
        return self.hit_scores(query_modality).z(scores, item_groups)

    def fit_percentile(
        self, scores: ArrayLike, item_groups: NDArray[np.str_], *, query_modality: str = "text"
    ) -> NDArray[np.float64]:
        """Cosines (n_items,) -> share (0..1) of calibration queries whose best item of that group scored lower."""
        return self.hit_scores(query_modality).fit_percentile(scores, item_groups)

    def numbers(self, query_modality: str = "text") -> Numbers:
        """The numbers that a search engine needs for queries of one modality, for `engines.snippets.export`.

        Raises ModgapError for an unknown modality, CalibrationError without statistics for such queries.
        """
        if query_modality not in _BOTH:
            raise ModgapError(f'Queries are "text" or "image"; "{query_modality}" is neither.')
        statistics = self.statistics_for(query_modality)
        counted = {group: self.counts.get(group, 0) for group in statistics}
        words = (
            f"{counted['text']} passages, {counted['image']} pictures"
            if counted.keys() == set(_BOTH)
            else counts_in_words(counted)
        )
        scores = self.hit_scores(query_modality)
        least = {group: scores.least_cosine(group) for group in statistics}
        weak = ", ".join(f"{cosine:.3f} ({one_line(group)})" for group, cosine in least.items())
        return Numbers(
            mean={group: float(each.mean) for group, each in statistics.items()},
            std={group: float(each.std) for group, each in statistics.items()},
            dimension=self.dimension,
            origin=(
                f"modgap calibration of {self.created[:10]}: model {one_line(self.model)}, {words}; "
                f"for {query_modality} queries. Below a cosine of {weak} a hit is no good match "
                f"(fit {self.fit_threshold:g})."
            ),
            lengths=list_lengths(counted),
            least=least,
        )

    def fitted_state(self, query_modality: str = "text") -> FittedState:
        """The state that methods restore themselves from (`Method.restore`), for queries of one modality."""
        after = {
            name: self._fitted_state(query_modality, by_query[query_modality])
            for name, by_query in self.after.items()
            if query_modality in by_query
        }
        state = self._fitted_state(query_modality, self.statistics_for(query_modality))
        return replace(
            state,
            means={group: self.means[group] for group in state.mean if group in self.means},
            query_mean=self.means.get(f"query.{query_modality}"),
            normalisers=self.normalisers,
            after=after,
        )

    def _fitted_state(self, query_modality: str, statistics: Mapping[str, ScoreStatistics]) -> FittedState:
        return FittedState(
            query_modality=query_modality,
            counts={group: self.counts.get(group, 0) for group in statistics},
            group_modality=self.modality_by_group(),
            mean={group: each.mean for group, each in statistics.items()},
            std={group: each.std for group, each in statistics.items()},
            low={group: each.quantiles[0] for group, each in statistics.items()},
            high={group: each.quantiles[-1] for group, each in statistics.items()},
        )

    def modality_by_group(self) -> dict[str, str]:
        """Which tower encodes the items of each group that has statistics."""
        return {group: self.group_modality.get(group, Modality.from_group(group).value) for group in self.groups}

    def _require_same_origin(self, other: Calibration) -> None:
        for what in (
            "model",
            "precision",
            "dimension",
            "fingerprint",
            "counts",
            "parameters",
            "fit_threshold",
            "group_modality",
        ):
            mine, others = getattr(self, what), getattr(other, what)
            if mine != others:
                name = "corpus fingerprint" if what == "fingerprint" else what.replace("_", " ")
                raise CalibrationError(
                    f"The calibrations cannot be merged, since they differ in {name} ({mine} and {others}): only "
                    f"statistics of one model on one corpus, learnt with the same parameters, make a whole."
                )

    def require(self, *, model: str, dimension: int, groups: tuple[str, ...] = ()) -> None:
        """Raise CalibrationError unless it was made for this model and dimension, and knows these groups."""
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
        unknown = [group for group in groups if group not in self.groups]
        if unknown:
            raise CalibrationError(
                f"The calibration has no statistics for {group_plural(unknown[0])}, which this corpus has (it knows "
                f"{', '.join(self.groups)}): calibrate this corpus again."
            )

    def drift(self, best_scores: Mapping[str, ArrayLike], *, query_modality: str = "text") -> list[Drift]:
        """Whether the pseudo-positive scores of new queries, {group: (n_queries,)}, still fit this one."""
        return measure_drift(self.statistics_for(query_modality), best_scores, query_modality=query_modality)

    def offset_errors(self) -> dict[str, float]:
        """By query modality: half the 95 % interval of the difference of two groups' means, in smaller deviations."""
        return {modality: offset_error(by_group) for modality, by_group in self.statistics.items()}

    def warnings(self, query_modality: str | None = None) -> list[str]:
        """Reasons to trust these statistics less, in plain sentences; empty if there are none.

        query_modality: leave out the sentences about queries of the other modality.
        """
        modalities = [name for name in self.queries if query_modality in (None, name)]
        found = few_queries({name: self.queries[name].count for name in modalities})
        found += uncertain_offsets(
            {name: self.statistics[name] for name in modalities if self.queries[name].count >= MIN_STEADY_QUERIES}
        )
        return found + unequal_pools(self.counts)

    def missing(self) -> list[str]:
        """What a search must do without because the calibration came without its mean vectors, in sentences."""
        if self.evidence is None or self.evidence.wanted_means <= self.means.keys():
            return []
        return [
            "The calibration came without its mean vectors, so words that match nothing cannot be told from others (no "
            '"no match" verdict by meaning): put its .means.safetensors file beside it again, or calibrate again.'
        ]

    def to_json(self) -> dict[str, Any]:
        """The artefact as plain JSON values, `format` first; `arrays` holds mean vectors and normalisers."""
        return document_from_fields({each.name: getattr(self, each.name) for each in fields(self)})

    @classmethod
    def from_json(cls, document: Any, *, name: str = "The calibration") -> Calibration:
        """Read a document of `to_json`; without `arrays` it has no means.

        Raises CalibrationError naming what is missing or not a number.
        """
        return cls(**fields_from_document(document, name=name))

    def save(self, path: str | Path) -> Path:
        """Write the artefact as one JSON file, whole or not at all; an older one of that name is replaced.

        Raises CalibrationError where it cannot be written.
        """
        return write_document(path, self.to_json())

    @classmethod
    def load(cls, path: str | Path) -> Calibration:
        """Read a saved artefact; of an earlier version, with the means of the file beside it where that is there.

        Raises CalibrationError naming the file and the cause.
        """
        document, name = read_document(path), str(Path(path).expanduser())
        calibration = cls.from_json(document, name=name)
        if "arrays" in document:
            return calibration
        identity = f"{calibration.model} {calibration.fingerprint} {calibration.created}"
        beside = read_means(path, dimension=calibration.dimension, belongs_to=identity)
        return replace(
            calibration,
            **fields_from_arrays(beside, model=calibration.model, origin=f"The file of means beside {name}"),
        )

    def centroid_distance(self, pair: tuple[str, str] = ("image", "text")) -> float | None:
        """||mean - mean|| of two groups of the corpus, in [0, 2]; None where the means did not come along."""
        first, second = (self.means.get(group) for group in pair)
        return None if first is None or second is None else float(np.linalg.norm(first - second))


def now() -> str:
    """The time of a new artefact: ISO 8601, UTC, to the second."""
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
