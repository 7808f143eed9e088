"""The tree of exceptions at the head of `modgap.errors` is the one that the code has."""

import re

import modgap.corpus.builder  # noqa: F401 - defines an exception of the family
from modgap import errors
from modgap.errors import ModgapError

INDENT = 4


def tree(cls: type[Exception], depth: int = 0) -> list[tuple[int, str]]:
    below = [line for child in cls.__subclasses__() if is_public(child) for line in tree(child, depth + 1)]
    return [(depth, cls.__name__), *below]


def is_public(cls: type[Exception]) -> bool:
    return cls.__module__ in ("modgap.errors", "modgap.corpus.builder")


def test_the_drawing_shows_the_whole_family() -> None:
    drawn = re.findall(r"^ {4}([│├└─ ]*)(\w+)", errors.__doc__ or "", re.MULTILINE)
    shown = {(len(branches) // INDENT, name) for branches, name in drawn}
    assert shown == set(tree(ModgapError))


def test_every_error_of_the_module_is_one_family_with_a_sentence() -> None:
    classes = [value for value in vars(errors).values() if isinstance(value, type)]
    assert all(issubclass(cls, ModgapError) and (cls.__doc__ or "").endswith(".") for cls in classes)
