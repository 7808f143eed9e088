"""The extras of the package: what `pip install modgap` leaves out, and the sentence that says how to get it.

The base reads corpora, calibrates and searches vectors. PyTorch is ten times as large as all of that, Gradio serves a
page that a service does not need, and each engine has a client of its own.
"""

from __future__ import annotations

from importlib.util import find_spec

from modgap.errors import ModgapError

EXTRAS: dict[str, tuple[str, tuple[str, ...]]] = {
    "encoders": ("Encoding words and pictures", ("torch", "torchvision", "open_clip", "timm")),
    "evaluation": ("Evaluation, gap metrics and plots", ("scipy", "sklearn", "matplotlib", "ir_measures")),
    "app": ("The web app", ("gradio",)),
    "parquet": ("Reading .parquet", ("pyarrow",)),
    "pgvector": ("PostgreSQL", ("psycopg",)),
    "milvus": ("Milvus", ("pymilvus",)),
    "qdrant": ("Qdrant", ("qdrant_client",)),
    "opensearch": ("OpenSearch", ("opensearchpy",)),
    "ray": ("A cluster", ("ray",)),
    "int8": ("The precision int8", ("torchao",)),
}
"""What each extra of pyproject.toml is for, and the modules that it brings."""


def missing_modules(extra: str) -> list[str]:
    """The modules of an extra that are not installed; none of them is imported to find out."""
    return [module for module in EXTRAS[extra][1] if find_spec(module) is None]


def require_extra(extra: str, error: type[ModgapError] = ModgapError) -> None:
    """Raise `error` with the command that installs an extra, unless all of its modules are there."""
    missing = missing_modules(extra)
    if missing:
        raise error(_sentence(extra, missing[0]))


def missing_extra(error: ModuleNotFoundError) -> str | None:
    """The sentence for an import that failed, or None where no extra brings the module.

    >>> missing_extra(ModuleNotFoundError("", name="torch._C"))
    "Encoding words and pictures needs torch, which is not installed: pip install 'modgap[encoders]'."
    >>> missing_extra(ModuleNotFoundError("", name="modgap.nothing")) is None
    True
    """
    module = (error.name or "").partition(".")[0]
    for extra, (_, modules) in EXTRAS.items():
        if module in modules:
            return _sentence(extra, module)
    return None


def _sentence(extra: str, module: str) -> str:
    return f"{EXTRAS[extra][0]} needs {module}, which is not installed: pip install 'modgap[{extra}]'."
