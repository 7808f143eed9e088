"""PostgreSQL with pgvector, a real server that the tests start."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from modgap.engines.connect import open_engine
from modgap.engines.stored import Stored
from modgap.errors import EngineError
from modgap.search.live_collection import LiveCollection
from modgap.vectors import unit_vectors
from tests.engines.live_laws import check_empty, check_hits, check_rows_and_scores, stored


def test_rows_scores_and_a_second_push(postgres) -> None:
    check_rows_and_scores(postgres("laws"))


def test_hits_are_those_of_a_collection(postgres) -> None:
    check_hits(postgres("sample"))


def test_a_missing_table_names_those_with_vectors(postgres) -> None:
    open_engine(postgres("there")).push(stored(3))
    check_empty(open_engine(postgres("absent")))
    with pytest.raises(EngineError, match=r"Tables with vectors: .*there"):
        _ = open_engine(postgres("absent")).groups


def test_a_wrong_column_names_those_there(postgres) -> None:
    open_engine(postgres("columns")).push(stored(3))
    with pytest.raises(EngineError, match=r'no column "kind" for group. It has: id, modality, embedding, text'):
        _ = open_engine(postgres("columns") + "&group=kind").groups
    with pytest.raises(EngineError, match=r'"text" .* is text: pgvector\'s vector or halfvec'):
        _ = open_engine(postgres("columns") + "&vector=text").groups


def test_an_empty_table_says_so(postgres) -> None:
    engine = open_engine(postgres("empty"))
    engine.create(4, "")
    with pytest.raises(EngineError, match="is empty: push a corpus first"):
        _ = engine.groups


def test_the_model_is_kept_beside_the_table(postgres) -> None:
    open_engine(postgres("named")).push(stored(3), model="ViT-B-32/openai")
    assert open_engine(postgres("named")).model == "ViT-B-32/openai"


def test_half_precision_columns_and_number_ids(postgres, sql) -> None:
    items = stored(20)
    sql("CREATE TABLE half (n bigint PRIMARY KEY, kind text, v halfvec(8))")
    for number, each in enumerate(items):
        sql("INSERT INTO half VALUES (%s, %s, %s::halfvec)", number, each.group, str(each.vector.tolist()))
    engine = open_engine(postgres("half") + "&id=n&group=kind&vector=v")
    found = engine.top_k(items[4].vector[None, :], 1, "text")
    assert engine.ids[found.rows[0, 0]] == "4"
    assert found.scores[0, 0] == pytest.approx(1.0, abs=2e-3)


def test_one_index_of_all_rows_hides_pictures_and_check_says_what_to_create(postgres, sql) -> None:
    """The gap fills every candidate of a mixed index with texts; this engine's own settings find them all the same."""
    rng = np.random.default_rng(0)
    texts, pictures = rng.normal(size=(2500, 8)) + 6 * np.eye(8)[0], rng.normal(size=(1200, 8)) + 6 * np.eye(8)[1]
    both = unit_vectors(np.concatenate([texts, pictures]))
    sql("CREATE TABLE mixed (id text PRIMARY KEY, modality text, embedding vector(8))")
    rows = [(f"{i}", "text" if i < 2500 else "image", str(v.tolist())) for i, v in enumerate(both)]
    sql("INSERT INTO mixed VALUES (%s, %s, %s)", rows=rows)
    sql("CREATE INDEX ON mixed USING hnsw (embedding vector_cosine_ops)")
    sql("ANALYZE mixed")
    sql("ALTER DATABASE postgres SET enable_seqscan = off")  # as for a table too large to scan
    engine = open_engine(postgres("mixed"))
    queries = unit_vectors(rng.normal(size=(8, 8)) + 6 * np.eye(8)[0])

    alone = engine.at_defaults(queries, 10, "image")
    advice = engine.advice(queries, 10)

    assert sum(map(len, alone)) < 5 * len(queries), "the obvious query on the obvious index"
    assert engine.top_k(queries, 10, "image").scores.min() > -1
    assert advice.found["image"] > 0.9
    collection = LiveCollection(open_engine(postgres("mixed")))
    collection.calibrate(queries)
    assert {each.group: each.queries for each in collection.recall} == {"text": 8, "image": 8}
    assert collection.recall[1].mean > 0.9
    assert "modgap check URL" in collection.low_recall_remedy
    assert any("partial" in line or "hnsw" in line for line in advice.lines)
    assert any("WHERE \"modality\" = 'image'" in statement for statement in advice.create)
    for statement in advice.create:
        sql(statement)
    after = engine.advice(queries, 10)
    sql("ALTER DATABASE postgres RESET enable_seqscan")
    assert not after.create
    assert [len(hits) for hits in engine.at_defaults(queries, 10, "image")] == [10] * len(queries)


def test_a_server_that_is_gone_is_one_sentence_and_a_retry_goes_on(postgres, sql) -> None:
    items = stored(10)
    engine = open_engine(postgres("gone"))
    engine.push(items[:5])
    sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'modgap'")
    with pytest.raises(EngineError, match=r"cannot be reached: .* Run the command again"):
        engine.know([items[0].id])
    assert engine.push(items) == len(items) - 5, "what was done is kept"


def test_nobody_listens() -> None:
    with pytest.raises(EngineError, match=r"PostgreSQL at 127\.0\.0\.1:1, .*cannot be reached"):
        _ = open_engine("postgresql://nobody@127.0.0.1:1/db").groups


def test_names_are_quoted(postgres, sql) -> None:
    engine = open_engine(postgres('a"b; DROP TABLE x'))
    engine.push([Stored("x'; --", "it's", each.vector, "a 'text'") for each in stored(1)[:1]])
    assert engine.count("it's") == 1
    assert engine._fetch(["x'; --"])[0].text == "a 'text'"


def test_the_client_is_imported_only_for_its_engine() -> None:
    code = "import sys, modgap.engines.connect; sys.exit('psycopg' in sys.modules or 'pymilvus' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_sample_is_the_same_each_time_and_of_the_asked_size(postgres, monkeypatch) -> None:
    items = stored(300)
    open_engine(postgres("sampled")).push(items)
    first, second = (open_engine(postgres("sampled"), sample=50) for _ in range(2))
    assert [each.id for each in first.drawn()] == [each.id for each in second.drawn()]
    assert 30 <= first.sampled().count("text") <= 50
    monkeypatch.setattr("modgap.engines.pgvector.LARGE", 100)
    by_pages = open_engine(postgres("sampled"), sample=50)
    assert by_pages.sampled().count("text") <= 50


def test_a_field_with_too_many_values_is_no_group(postgres) -> None:
    open_engine(postgres("ids")).push(stored(30))
    with pytest.raises(EngineError, match=r"more than 50 values"):
        _ = open_engine(postgres("ids") + "&group=id").groups


def test_a_table_of_ones_own_without_words_is_written_to(postgres, sql) -> None:
    sql("CREATE TABLE bare (id text PRIMARY KEY, modality text, embedding vector(8))")
    items = stored(5)
    assert open_engine(postgres("bare")).push(items) > 0
    assert open_engine(postgres("bare")).count("image") == 5


def test_threads_share_an_engine_without_mixing_their_answers(postgres) -> None:
    items = stored(60)
    open_engine(postgres("shared")).push(items)
    engine = open_engine(postgres("shared"))
    alone = [engine.top_k(each.vector[None, :], 5, "image").scores.tolist() for each in items[:40]]
    with ThreadPoolExecutor(8) as pool:
        together = pool.map(lambda each: engine.top_k(each.vector[None, :], 5, "image").scores.tolist(), items[:40])
    assert list(together) == alone
