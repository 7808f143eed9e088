"""Which queries a model's vocabulary covers: by hand on a toy vocabulary, and on the bundled one."""

import pytest
import regex

from modgap.encoders import load_encoder
from modgap.encoders.vocabulary import reads, unread_share


class ToyTokenizer:
    """A byte-level BPE that knows "dog" whole and cuts everything else into bytes."""

    byte_encoder = {byte: chr(256 + byte) if byte > 127 else chr(byte) for byte in range(256)}  # noqa: RUF012
    pat = regex.compile(r"\p{L}+|\p{N}|[^\s\p{L}\p{N}]+")
    clean_fn = staticmethod(str.lower)

    def bpe(self, word: str) -> str:
        return "dog</w>" if word == "dog" else " ".join([*word[:-1], f"{word[-1]}</w>"])


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("dog", 0),
        ("dog xyz", 3 / 6),
        ("dog xyzw", 4 / 7),
        ("dog é", 2 / 5),  # two bytes
        ("Dog GPU 12!", 0),  # an acronym, numbers and signs do not count
        ("dog gpu", 3 / 6),
        ("a dog", 0),  # nor does a letter of its own
        ("12 !?", None),
        ("", None),
    ],
)
def test_the_share_of_single_bytes_by_hand(text: str, share: float | None) -> None:
    assert unread_share(ToyTokenizer(), text) == share
    assert reads(ToyTokenizer(), text) is (share is None or share <= 0.5)


def test_a_tokenizer_of_another_kind_reads_everything() -> None:
    assert unread_share(lambda texts: texts, "собака") is None
    assert reads(lambda texts: texts, "собака")


@pytest.mark.parametrize("query", ["a dog on the beach", "windmills by the sea", "RTX 4090 GPU", "axolotl", "un perro"])
def test_the_bundled_model_reads_plain_words(query: str) -> None:
    assert load_encoder().reads(query)


@pytest.mark.parametrize("query", ["собака на пляже", "砂浜の犬", "كلب على الشاطئ", "qwerty zxcv asdf", "asdfghjkl"])
def test_the_bundled_model_does_not_read_other_scripts_nor_letters_typed_at_random(query: str) -> None:
    assert not load_encoder().reads(query)
