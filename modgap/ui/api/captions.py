"""Caption scores for programs: one picture, its captions, and what the scores mean in a corpus."""

import gradio as gr
from gradio.data_classes import FileData

from modgap.errors import ModgapError
from modgap.evaluation.captions import picture_vector, score_captions
from modgap.ui.api.endpoints import ENCODING, Json, in_words, told
from modgap.ui.tabs.captions import caption_lines
from modgap.ui.tabs.registry import AppState
from modgap.ui.visit.caption_backgrounds import CaptionBackgrounds
from modgap.ui.visit.private_files import taken


def build_caption_api(shared: AppState) -> None:
    """Register the endpoint inside the `gr.Blocks` at hand."""
    gr.api(CaptionEndpoint(shared).score, **ENCODING)


class CaptionEndpoint:
    """Scores beside the session's corpus where it will do, else beside the sample."""

    def __init__(self, shared: AppState) -> None:
        self._shared = shared
        self._backgrounds = CaptionBackgrounds(shared)

    def score(self, picture: FileData, captions: list[str], request: gr.Request) -> Json:
        """Score captions of an uploaded picture: CLIPScore and I0T-Score, and which words help or hurt.

        Args:
            picture: an uploaded picture, from gradio_client.handle_file; deleted once it is read
            captions: one to twenty texts

        Returns:
            each caption's scores, its standing among pairs of a corpus, and the effect of each word; which corpus
        """
        with in_words(), taken([picture]) as [path]:
            if not isinstance(captions, list) or not all(isinstance(each, str) for each in captions):
                raise ModgapError("captions is a list of texts.")
            lines = caption_lines("\n".join(" ".join(each.split()) for each in captions))
            encoder = self._shared.encoder.get()
            vector = picture_vector(path, encoder, self._shared.decoder.open_picture)
            background = self._backgrounds.of(self._shared.visits.of(request.session_hash).loaded)
            found = score_captions(vector, lines, encoder, background, progress=told)
            return {
                "picture": path.name,
                "captions": [each.to_json() for each in found.captions],
                "beside": background.source,
                "notes": list(found.notes),
            }
