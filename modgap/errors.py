"""The one family of exceptions: whatever a user can cause and fix is a `ModgapError`.

    ModgapError
    ├── CorpusError
    │   └── LimitReachedError      (modgap.corpus.builder)
    ├── PictureError
    ├── ModelError
    ├── CacheError
    ├── VectorError
    ├── CalibrationError
    │   └── NotFittedError
    └── EngineError

Each message says what was wrong, where (file, line or id) and what to do. The command line and the app print it as it
is, and the command line exits with 1. Any other exception is a bug in this package.
"""


class ModgapError(Exception):
    """Base of every error that a user's input can cause."""


class CorpusError(ModgapError):
    """A corpus or a file of queries cannot be read, or holds nothing usable."""


class PictureError(ModgapError):
    """One picture cannot be decoded, or is refused for its format or size; the rest of the corpus is still read."""


class ModelError(ModgapError):
    """An encoder is unknown, cannot be downloaded or cannot be loaded."""


class CacheError(ModgapError):
    """The vector cache was requested by name and cannot be used, or one of its settings is not a number."""


class VectorError(ModgapError):
    """Vectors are zero, not finite, of the wrong shape or of an unexpected dimension."""


class CalibrationError(ModgapError):
    """Statistics cannot be computed from this input, or do not fit the data that they are applied to."""


class NotFittedError(CalibrationError):
    """`transform` was called before `fit`."""


class EngineError(ModgapError):
    """An engine has no such group, or cannot give what was asked of it."""
