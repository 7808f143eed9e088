"""`modgap evaluate`: measure the methods on labelled queries, and report which does best."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer
from rich.markup import escape
from rich.table import Table

import modgap
from modgap.cli import terminal
from modgap.cli.open_collection import connect_engine, encode_corpus, load_weights
from modgap.cli.options import (
    METHODS_HELP,
    AsyncOption,
    FusionOption,
    GroupColumnOption,
    IdColumnOption,
    ImageColumnOption,
    JsonOption,
    LinesOption,
    ModelNameOption,
    NoCacheOption,
    PrecisionOption,
    TextColumnsOption,
    column_choice,
    require_known,
    require_method,
)
from modgap.errors import CorpusError
from modgap.items import Modality, group_plural

if TYPE_CHECKING:
    from modgap.corpus import Corpus, Queries
    from modgap.corpus.columns import ColumnChoice
    from modgap.evaluation import Evaluation
    from modgap.evaluation.results import Values

_FOR_DATA_SETS = "For --dataset: "
_ALPHA = 0.05  # of the mark in the table


def evaluate(
    corpus: Annotated[
        Optional[str],  # noqa: UP045 - typer reads it at run time on Python 3.10
        typer.Argument(
            help="A folder, a .zip of one, a table, or vectors (.npz); left out with --dataset.", metavar="CORPUS"
        ),
    ] = None,
    queries: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Labelled queries .jsonl, or any queries with --qrels."),
    ] = None,
    qrels: Annotated[Optional[Path], typer.Option(help="TREC qrels: query-id 0 item-id relevance.")] = None,  # noqa: UP045
    dataset: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="A benchmark in its official files; `modgap datasets` lists them.", metavar="NAME"),
    ] = None,
    root: Annotated[Optional[Path], typer.Option(help=f"{_FOR_DATA_SETS}the folder of its files.")] = None,  # noqa: UP045
    subset: Annotated[Optional[str], typer.Option(help=f"{_FOR_DATA_SETS}a part of it.")] = None,  # noqa: UP045
    split: Annotated[Optional[str], typer.Option(help=f"{_FOR_DATA_SETS}train, dev or test.")] = None,  # noqa: UP045
    limit: Annotated[Optional[int], typer.Option(help=f"{_FOR_DATA_SETS}the most queries.", min=1)] = None,  # noqa: UP045
    methods: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            help=f"Comma-separated names, all by default: {METHODS_HELP}, oracle, caption_route, and for "
            "items that are a picture and a text at once picture_only, text_only, average_embedding; a+b stacks two.",
            metavar="NAMES",
        ),
    ] = None,
    calibration_queries: Annotated[
        str,
        typer.Option(help="Queries to learn from: same, held-out, automatic, or a file.", metavar="WHICH"),
    ] = "same",
    reference: Annotated[str, typer.Option(help="The method that the others are tested against.")] = "raw",
    seed: Annotated[int, typer.Option(help="For held-out halves and for a data set's protocol.", min=0)] = 0,
    work: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="A folder for finished results, from which a stopped run resumes.", metavar="FOLDER"),
    ] = None,
    csv: Annotated[Optional[Path], typer.Option(help="Write every value as a table.", metavar="FILE")] = None,  # noqa: UP045
    html: Annotated[Optional[Path], typer.Option(help="Write a self-contained report.", metavar="FILE")] = None,  # noqa: UP045
    async_weights: AsyncOption = None,
    model: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--model", help="The bundled model by default; repeat it for several models.", metavar="NAME"),
    ] = None,
    precision: PrecisionOption = "float32",
    model_name: ModelNameOption = None,
    lines: LinesOption = False,
    text_columns: TextColumnsOption = None,
    image_column: ImageColumnOption = None,
    id_column: IdColumnOption = None,
    group_column: GroupColumnOption = None,
    fusion: FusionOption = "max",
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
) -> None:
    """Measure methods on labelled queries, by the group of their relevant items."""
    from modgap.evaluation import CALIBRATION_QUERIES, DEFAULT_METHODS, ResultCache
    from modgap.evaluation import evaluate as run
    from modgap.evaluation.caption_route import CAPTION_ROUTE, has_captions
    from modgap.evaluation.fused_routes import FUSED_ROUTES

    named = [name.strip() for name in methods.split(",")] if methods else None
    for method in named or ():
        require_method(method, option="--methods", also=[CAPTION_ROUTE, *FUSED_ROUTES])
    require_method(reference, option="--reference", also=[CAPTION_ROUTE, *FUSED_ROUTES])
    known = calibration_queries in CALIBRATION_QUERIES
    if not known and not Path(calibration_queries).expanduser().is_file():
        why = f'"{calibration_queries}" is not one of {", ".join(CALIBRATION_QUERIES)}, and not a file.'
        raise typer.BadParameter(why, param_hint="--calibration-queries")
    read, asked, settings, about = _read_labelled(
        corpus,
        queries,
        qrels,
        dataset,
        root,
        subset,
        split,
        seed,
        limit,
        lines,
        column_choice(text_columns, image_column, id_column, group_column),
    )
    learn_from = calibration_queries if known else modgap.read_queries(calibration_queries)
    weights = load_weights(async_weights)
    if work is not None and read is None:
        raise typer.BadParameter("keeps results by the vectors, which are in an engine here.", param_hint="--work")
    result_cache = ResultCache(work) if work is not None else None
    chosen_models: list[str | None] = [*model] if model else [None]
    evaluations = []
    with terminal.cache_and_progress(no_cache=no_cache) as (cache, progress):
        for name in chosen_models:
            collection: modgap.Collection
            if read is None:
                collection = connect_engine(corpus or "", name, cache, model_name=model_name, precision=precision)
            else:
                collection = encode_corpus(
                    read, name, cache, progress, weights, model_name=model_name, precision=precision
                )
            collection.with_fusion(fusion)
            extra = [CAPTION_ROUTE] if has_captions(collection) else []
            extra += FUSED_ROUTES if collection.fused is not None and collection.fused.count else []
            evaluations.append(
                run(
                    collection,
                    asked,
                    named or [*DEFAULT_METHODS, *extra],
                    learn_from=learn_from,
                    seed=seed,
                    result_cache=result_cache,
                    finished=_report_method(collection.model),
                    progress=progress,
                )
            )
            settings |= {
                "Items": _items_in_words(collection.counts),
                "Calibration queries": calibration_queries,
                "Tested against": reference,
                "Seed": str(seed),
            }
            left_out = [*about, *_skipped(collection)]
            _write_reports(csv, html, evaluations, settings, left_out, reference)  # before the next model can fail
    terminal.print_corpus(collection)
    terminal.print_warnings([*about, *collection.query_warnings(asked)])
    if as_json:
        documents = [each.to_json(reference=reference) for each in evaluations]
        terminal.print_warnings(list(dict.fromkeys(note for each in evaluations for note in each.notes)))
        whole = documents[0] if len(documents) == 1 else {"models": {each["model"]: each for each in documents}}
        read_about = {"data_set_notes": about, "report": collection.report.to_json()}
        terminal.print_json({**whole, "settings": settings, **read_about})
    else:
        for each in evaluations:
            print_evaluation(each, reference=reference)


def print_evaluation(evaluation: Evaluation, *, reference: str) -> None:
    """One row per method and target; a mark where the difference to the reference is significant."""
    from modgap.evaluation.significance import MIN_RESAMPLED
    from modgap.metrics.retrieval import METRICS

    title = f"{escape(evaluation.model)}: {evaluation.queries} queries; calibrated on: {evaluation.calibration_queries}"
    tested = f"; * differs from {reference} there (Holm, 5 %)" if reference in evaluation.values else ""
    few = [target for target, n in evaluation.counts.items() if 0 < n < MIN_RESAMPLED]
    other = f"; of fewer than {MIN_RESAMPLED} queries Wilson's, or none" if few else ""
    table = Table(title=title, caption=f"± 95 % interval of recall@20{other}{tested}")
    for heading in ("method", "target"):
        table.add_column(heading)
    table.add_column("n", justify="right")
    for metric in METRICS:
        table.add_column(metric, justify="right")
    differs = {
        (each.method, each.target)
        for each in evaluation.differences(reference)
        if each.metric == "recall@20" and each.p_holm < _ALPHA
    }
    for method, targets in evaluation.methods.items():
        for target, row in targets.items():
            if row:
                cells = [f"{row[m]:.3f}" for m in METRICS]
                interval = _interval(evaluation.intervals[method][target]["recall@20"], few=target in few)
                mark = "*" if (method, target) in differs else ""
                cells[METRICS.index("recall@20")] += f" {interval}{mark}"
                table.add_row(method, escape(target), str(evaluation.counts[target]), *cells)
        table.add_section()
    terminal.out.print(table)
    if evaluation.sentence:
        terminal.out.print(evaluation.sentence, markup=False, highlight=False)
    terminal.print_warnings(evaluation.notes)


def _interval(interval: tuple[float, float] | None, *, few: bool) -> str:
    """An interval in a cell: ± half of it, or its bounds where few queries make it lopsided."""
    if interval is None:
        return "(too few)"
    low, high = interval
    return f"({low:.2f} to {high:.2f})" if few else f"±{(high - low) / 2:.3f}"


def _read_labelled(
    corpus: str | None,
    queries: Path | None,
    qrels: Path | None,
    dataset: str | None,
    root: Path | None,
    subset: str | None,
    split: str | None,
    seed: int,
    limit: int | None,
    lines: bool,
    columns: ColumnChoice,
) -> tuple[Corpus | None, Queries, dict[str, str], list[str]]:
    """The corpus (None for a live engine) and its labelled queries, settings for the report, notes of a data set."""
    from modgap.corpus import read_qrels, with_kept_items, with_qrels
    from modgap.engines.engine_url import is_engine_url, parse_engine_url

    if dataset is not None:
        from modgap.evaluation.datasets import DATASETS, load_dataset

        require_known(dataset, DATASETS, noun="data set", option="--dataset")
        if root is None or corpus is not None or queries is not None or qrels is not None:
            why = "needs --root FOLDER, and no CORPUS, --queries or --qrels beside it."
            raise typer.BadParameter(why, param_hint="--dataset")
        loaded = load_dataset(dataset, root, subset=subset, split=split, seed=seed, limit=limit)
        return loaded.corpus, loaded.queries, {"Corpus": loaded.title, **loaded.settings}, loaded.notes
    if corpus is None or queries is None:
        raise typer.BadParameter("give a CORPUS and --queries, or --dataset NAME --root FOLDER.")
    for name, given in {"--root": root, "--subset": subset, "--split": split, "--limit": limit}.items():
        if given is not None:
            raise typer.BadParameter("goes with --dataset.", param_hint=name)
    asked = modgap.read_queries(queries)
    if qrels is not None:
        asked = with_qrels(asked, read_qrels(qrels))
    settings = {"Corpus": str(corpus), "Queries": str(queries)}
    if is_engine_url(corpus):
        return None, asked, {**settings, "Corpus": parse_engine_url(corpus).place}, []
    read = modgap.read_corpus(corpus, lines=lines, columns=columns)
    return read, with_kept_items(asked, read), settings, []


def _report_method(model: str) -> Callable[[str, Values], None]:
    """A callback that reports each finished method on stderr, so that a long run shows results early."""

    def report(method: str, values: Values) -> None:
        recall = values["recall@20"].mean()
        terminal.log.print(f"{model}  {method}: Recall@20 {recall:.3f}", markup=False, highlight=False)

    return report


def _items_in_words(counts: Mapping[str, int]) -> str:
    """Items by group for the settings of a report, pictures first.

    >>> _items_in_words({"text": 1200, "image": 3, "licences": 40})
    '3 pictures, 1,200 passages, 40 items of "licences"'
    """
    groups = sorted(counts, key=lambda group: group != Modality.IMAGE.value)
    return ", ".join(f"{counts[group]:,} {group_plural(group)}" for group in groups)


def _write_reports(
    csv: Path | None,
    html: Path | None,
    evaluations: list[Evaluation],
    settings: dict[str, str],
    notes: list[str],
    reference: str,
) -> None:
    from modgap.evaluation import report_html, to_csv

    if csv is not None:
        _write(csv, to_csv(evaluations))
    if html is not None:
        title = f"Evaluation: {settings['Corpus']}"
        page = report_html(evaluations, title=title, settings=settings, notes=notes, reference=reference)
        _write(html, page)


def _skipped(collection: modgap.Collection) -> list[str]:
    """The number of unreadable items, in a sentence; empty where there are none."""
    skipped = collection.report.skipped
    if not skipped:
        return []
    return [f"{len(skipped):,} items could not be read and were left out (first: {skipped[0].id} {skipped[0].reason})."]


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CorpusError(f"{path} cannot be written: {error.strerror or error}.") from error
    terminal.log.print(f"Written to {path}", markup=False)
