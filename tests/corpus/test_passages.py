"""Cutting long texts: at the ends of sentences, within the budget, without losing a word."""

from hypothesis import given
from hypothesis import strategies as st

from modgap.corpus.passages import cut_passages, weight


def test_a_short_text_stays_whole() -> None:
    assert cut_passages("One. Two. Three.") == ["One. Two. Three."]
    assert cut_passages("  \n ") == []


def test_cuts_fall_at_the_ends_of_sentences() -> None:
    text = "The mill turns. It is old! Is it red? “Yes.” (No.) Dr. Who came."
    assert cut_passages(text, words=6) == ["The mill turns. It is old!", "Is it red? “Yes.”", "(No.) Dr. Who came."]


def test_a_paragraph_ends_a_passage_that_is_half_full() -> None:
    assert cut_passages("One two three.\n\nFour five. Six.", words=5) == ["One two three.", "Four five. Six."]


def test_a_sentence_that_is_too_long_is_cut_at_words_and_a_word_at_characters() -> None:
    assert cut_passages("a b c d e f g", words=3) == ["a b c", "d e f", "g"]
    assert all(weight(part) <= 5 for part in cut_passages("x" * 1_000, words=5))


def test_languages_that_encoders_spell_out_get_shorter_passages() -> None:
    chinese = "富士山是日本最高峰，海拔三千七百七十六米，位于静冈县与山梨县之间。" * 4
    passages = cut_passages(chinese)
    assert "".join(passages) == chinese
    assert max(len(passage) for passage in passages) < 40
    assert len(cut_passages("Москва — столица России. " * 10)) > 1


def test_a_word_whose_weight_stands_in_one_place_is_cut_there() -> None:
    passages = cut_passages("0:::0⺀⺀⺀:", words=4)  # 2.0 words a character of ⺀
    assert "".join(passages) == "0:::0⺀⺀⺀:"
    assert all(weight(passage) <= 7 for passage in passages)


@given(st.text(max_size=2_000), st.integers(1, 60))
def test_nothing_but_blanks_is_lost_and_no_passage_is_too_long(text: str, words: int) -> None:
    passages = cut_passages(text, words)
    assert "".join("".join(passages).split()) == "".join(text.split())
    assert all(weight(passage) <= words + 3 or len(passage) < 4 for passage in passages)
