"""Read options: the defaults of `ReadOptions` are those of `read_corpus`."""

import inspect
from dataclasses import fields

from modgap.corpus import read_corpus
from modgap.corpus.options import ReadOptions


def test_each_option_is_a_keyword_of_read_corpus_with_the_same_default() -> None:
    keywords = {
        name: parameter.default
        for name, parameter in inspect.signature(read_corpus).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    assert keywords == {field.name: field.default for field in fields(ReadOptions)}
