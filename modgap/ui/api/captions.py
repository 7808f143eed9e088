"""Caption scores for programs: one picture, its captions, and what the scores mean in a corpus."""

import gradio as gr
from gradio.data_classes import FileData

from modgap.errors import ModgapError
from modgap.evaluation.captions import picture_vector, score_captions
from modgap.ui.api.endpoints import Json, errors_in_words, report_progress
from modgap.ui.visit.app_state import AppState
from modgap.ui.visit.caption_backgrounds import CaptionBackgrounds
from modgap.ui.visit.caption_lines import caption_lines
from modgap.ui.visit.private_files import received_files
from modgap.ui.visit.queues import ENCODING


def build_caption_api(state: AppState) -> None:
    """Register the endpoint inside the current `gr.Blocks`."""
    gr.api(CaptionEndpoint(state).score, **ENCODING)


class CaptionEndpoint:
    """Scores compared with the session's corpus where it is suitable, else with the sample."""

    def __init__(self, state: AppState) -> None:
        self._state = state
        self._backgrounds = CaptionBackgrounds(state)

    def score(self, picture: FileData, captions: list[str], request: gr.Request) -> Json:
        """Score captions of an uploaded picture: CLIPScore and I0T-Score, and which words help or hurt.

        Args:
            picture: an uploaded picture, from gradio_client.handle_file; deleted once it is read
            captions: one to twenty texts

        Returns:
            each caption's scores, its standing among pairs of a corpus, and the effect of each word; which corpus
        """
        with errors_in_words(), received_files([picture]) as [path]:
            if not isinstance(captions, list) or not all(isinstance(each, str) for each in captions):
                raise ModgapError("captions is a list of texts.")
            lines = caption_lines("\n".join(" ".join(each.split()) for each in captions))
            encoder = self._state.encoder.get()
            vector = picture_vector(path, encoder, self._state.decoder.open_picture)
            background = self._backgrounds.background_for(self._state.visits.visit_for(request.session_hash).loaded)
            found = score_captions(vector, lines, encoder, background, progress=report_progress)
            return {
                "picture": path.name,
                "captions": [each.to_json() for each in found.captions],
                "beside": background.source,
                "notes": list(found.notes),
            }
