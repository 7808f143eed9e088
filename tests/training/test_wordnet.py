"""WordNet's own lines, parsed."""

from pathlib import Path

import pytest

from training.wordnet import ancestors, parse_synset, read_wordnet

ZEBRA = '02391049 05 n 01 zebra 0 001 @ 02374451 n 0000 | a striped "horse" of Africa; "a herd of zebras"; "one zebra"'


def test_a_line_of_wordnet() -> None:
    zebra = parse_synset(ZEBRA)
    assert (zebra.key, zebra.domain, zebra.lemmas) == ("n02391049", 5, ("zebra",))
    assert zebra.hypernyms == ("n02374451",)
    assert zebra.definition == 'a striped "horse" of Africa'
    assert zebra.examples == ("a herd of zebras", "one zebra")


def test_lemmas_are_counted_in_hexadecimal_and_satellites_are_adjectives() -> None:
    words = " ".join(f"word_{n}(a) 0" for n in range(10))
    synset = parse_synset(f"00000001 00 s 0a {words} 000 | a gloss")
    assert synset.key == "a00000001"
    assert synset.lemmas == tuple(f"word {n}" for n in range(10))


def test_ancestors_have_their_shortest_distance() -> None:
    lines = (
        "00000001 05 n 01 a 0 002 @ 00000002 n 0000 @ 00000003 n 0000 | a",
        "00000002 05 n 01 b 0 001 @ 00000003 n 0000 | b",
        "00000003 05 n 01 c 0 000 | c",
    )
    synsets = {synset.key: synset for synset in map(parse_synset, lines)}
    assert ancestors("n00000001", synsets) == {"n00000001": 0, "n00000002": 1, "n00000003": 1}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data.noun").write_text(f"  1 a licence\n{ZEBRA}\n", encoding="utf-8")
    with pytest.raises(FileNotFoundError, match=r"data\.verb is missing"):
        read_wordnet(tmp_path)
    for kind in ("verb", "adj", "adv"):
        (tmp_path / f"data.{kind}").write_text("", encoding="utf-8")
    assert list(read_wordnet(tmp_path)) == ["n02391049"]
