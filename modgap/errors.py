"""The one family of exceptions: whatever a user can cause and mend is a `ModgapError`.

Each message says what was wrong, where (file, line or id) and what to do. The faces print the message as it is and
exit with 1; anything that is not a `ModgapError` is a bug of ours.
"""


class ModgapError(Exception):
    """Base of every error that a user's input can cause."""


class CorpusError(ModgapError):
    """A corpus or a file of queries cannot be read, or holds nothing usable."""


class PictureError(ModgapError):
    """One picture cannot be decoded, or is refused (format, size); the rest of the corpus goes on."""


class ModelError(ModgapError):
    """An encoder is unknown, cannot be reached or cannot be loaded."""


class CacheError(ModgapError):
    """The vector cache cannot be used where it was asked for by name, or a setting of it is no number."""


class VectorError(ModgapError):
    """Vectors are zero, not finite, of the wrong shape or of another dimension than expected."""


class CalibrationError(ModgapError):
    """Statistics cannot be learnt from this input, or do not fit what they are applied to."""


class NotFittedError(CalibrationError):
    """`transform` was called before `fit`."""


class EngineError(ModgapError):
    """An engine has no such group, or cannot give what was asked of it."""
