"""`modgap evaluate`: does calibration help on labelled queries, and which method does best."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

import modgap
from modgap.cli.options import METHODS_HELP, AsyncOption, JsonOption, LinesOption, NoCacheOption
from modgap.errors import CorpusError

if TYPE_CHECKING:
    from modgap.corpus import Corpus, Queries
    from modgap.evaluation import Evaluation

_FOR_DATA_SETS = "For --dataset: "


def evaluate(
    corpus: Annotated[
        Optional[str],  # noqa: UP045 - typer reads it at run time on Python 3.10
        typer.Argument(
            help="A folder, a .zip of one, a table, a .npz of vectors; or none, with --dataset.", metavar="CORPUS"
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
    limit: Annotated[Optional[int], typer.Option(help=f"{_FOR_DATA_SETS}queries at most.", min=1)] = None,  # noqa: UP045
    methods: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            help=f"Names with commas, all if left out: {METHODS_HELP}, oracle, caption_route; a+b stacks two.",
            metavar="NAMES",
        ),
    ] = None,
    calibration_queries: Annotated[
        str,
        typer.Option(help="What the methods learn from: same, held-out, automatic, or a file.", metavar="WHICH"),
    ] = "same",
    reference: Annotated[str, typer.Option(help="The method that the others are tested against.")] = "raw",
    seed: Annotated[int, typer.Option(help="Of held-out halves, and of a data set's protocol.", min=0)] = 0,
    work: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="A folder for finished cells: a run that was stopped goes on there.", metavar="FOLDER"),
    ] = None,
    csv: Annotated[Optional[Path], typer.Option(help="Write every value as a table.", metavar="FILE")] = None,  # noqa: UP045
    html: Annotated[Optional[Path], typer.Option(help="Write a report that stands alone.", metavar="FILE")] = None,  # noqa: UP045
    async_weights: AsyncOption = None,
    model: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--model", help="Bundled by default; give it again for another model.", metavar="NAME"),
    ] = None,
    lines: LinesOption = False,
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
) -> None:
    """Measure methods on labelled queries, by the modality of what they look for."""
    from modgap.cli import terminal
    from modgap.cli.open_collection import encoded
    from modgap.evaluation import CALIBRATION_QUERIES, DEFAULT_METHODS, ResultCache
    from modgap.evaluation import evaluate as run
    from modgap.evaluation.caption_route import CAPTION_ROUTE, has_captions

    named = [name.strip() for name in methods.split(",")] if methods else None
    _check_methods(named, reference)
    cells = ResultCache(work) if work is not None else None
    evaluations = []
    with terminal.vector_cache(off=no_cache) as cache, terminal.progress_bars() as progress:
        read, asked, settings, about = _what(corpus, queries, qrels, dataset, root, subset, split, seed, limit, lines)
        known = calibration_queries in CALIBRATION_QUERIES
        if not known and not Path(calibration_queries).expanduser().is_file():
            why = f'"{calibration_queries}" is none of {", ".join(CALIBRATION_QUERIES)}, and no file.'
            raise typer.BadParameter(why, param_hint="--calibration-queries")
        learn_from = calibration_queries if known else modgap.read_queries(calibration_queries)
        wanted: list[str | None] = [*model] if model else [None]
        for name in wanted:
            collection = encoded(read, name, cache, progress, async_weights=async_weights)
            extra = [CAPTION_ROUTE] if has_captions(collection) else []
            evaluations.append(
                run(
                    collection,
                    asked,
                    named or [*DEFAULT_METHODS, *extra],
                    learn_from=learn_from,
                    seed=seed,
                    cells=cells,
                    finished=terminal.told_of_methods(collection.model),
                    progress=progress,
                )
            )
            counts = collection.counts
            settings |= {
                "Items": f"{counts['image']:,} pictures, {counts['text']:,} passages",
                "Calibration queries": calibration_queries,
                "Tested against": reference,
                "Seed": str(seed),
            }
            left_out = [*about, *_skipped(collection)]
            _write_reports(csv, html, evaluations, settings, left_out, reference)  # before the next model can fail
    terminal.print_corpus(collection)
    terminal.print_warnings(about)
    if as_json:
        documents = [each.to_json(reference=reference) for each in evaluations]
        terminal.print_warnings(list(dict.fromkeys(note for each in evaluations for note in each.notes)))
        whole = documents[0] if len(documents) == 1 else {"models": {each["model"]: each for each in documents}}
        read_about = {"data_set_notes": about, "report": collection.report.to_json()}
        terminal.print_json({**whole, "settings": settings, **read_about})
    else:
        for each in evaluations:
            terminal.print_evaluation(each, reference=reference)


def _what(
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
) -> tuple[Corpus, Queries, dict[str, str], list[str]]:
    """Corpus and labelled queries, settings in words, and what a data set left out."""
    from modgap.corpus import read_qrels, with_kept_items, with_qrels

    if dataset is not None:
        if root is None or corpus is not None or queries is not None or qrels is not None:
            why = "needs --root FOLDER, and no CORPUS, --queries or --qrels beside it."
            raise typer.BadParameter(why, param_hint="--dataset")
        from modgap.evaluation.datasets import load_dataset

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
    read = modgap.read_corpus(corpus, lines=lines)
    return read, with_kept_items(asked, read), {"Corpus": str(corpus), "Queries": str(queries)}, []


def _check_methods(named: list[str] | None, reference: str) -> None:
    """Raises ModgapError for a method that there is not, before anything is encoded."""
    from modgap.evaluation.caption_route import CAPTION_ROUTE
    from modgap.methods import method_by_name

    for name in (*(named or ()), reference):
        if name != CAPTION_ROUTE:
            method_by_name(name)


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
    """What could not be read, in a sentence."""
    skipped = collection.report.skipped
    if not skipped:
        return []
    return [f"{len(skipped):,} items could not be read and were left out (first: {skipped[0].id} {skipped[0].reason})."]


def _write(path: Path, text: str) -> None:
    from modgap.cli import terminal

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CorpusError(f"{path} cannot be written: {error.strerror or error}.") from error
    terminal.log.print(f"Written to {path}", markup=False)
