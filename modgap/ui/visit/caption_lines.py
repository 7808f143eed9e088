"""The input of the captions tab: captions as lines of text, and the picture that they describe."""

from __future__ import annotations

from pathlib import Path

from modgap.corpus import PictureOpener, open_picture
from modgap.encoders import Encoder
from modgap.errors import ModgapError, PictureError
from modgap.evaluation.captions import picture_vector
from modgap.ui.visit.session import CaptionPicture
from modgap.ui.visit.thumbnails import data_uri

MAX_CAPTIONS = 20
MAX_CAPTION_CHARACTERS = 500  # models read the first few dozen words


def caption_lines(words: str) -> list[str]:
    """The captions of the text box. Raises ModgapError for none, too many, or one that is too long."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    if not lines:
        raise ModgapError("There is no caption yet: write one, or several, one a line.")
    if len(lines) > MAX_CAPTIONS:
        raise ModgapError(f"These are {len(lines):,} captions and the limit is {MAX_CAPTIONS}: leave some out.")
    longest = max(lines, key=len)
    if len(longest) > MAX_CAPTION_CHARACTERS:
        raise ModgapError(
            f'The caption "{longest[:40]}…" has more than {MAX_CAPTION_CHARACTERS} characters: shorten it.'
        )
    return lines


def caption_picture(path: Path, encoder: Encoder, open_picture: PictureOpener = open_picture) -> CaptionPicture:
    """A picture file as name, thumbnail and vector. Raises ModgapError if the file is not a picture."""
    try:
        thumbnail = data_uri(open_picture(path))
    except PictureError as error:
        raise ModgapError(f"{path.name} {error}.") from error
    return CaptionPicture(path.name, thumbnail, picture_vector(path, encoder, open_picture))
