"""What all handlers and endpoints of one app share."""

from __future__ import annotations

from dataclasses import dataclass, field

from modgap.corpus import SafeDecoder
from modgap.ui.visit.model import Models, SharedEncoder
from modgap.ui.visit.operator_engine import OperatorEngine
from modgap.ui.visit.sample import KeptSample
from modgap.ui.visit.session import Visits


@dataclass(frozen=True)
class AppState:
    """State that the handlers of all tabs and the endpoints for programs share.

    encoder: the operator's model. visits: the state of each visitor. sample: as its first visitor encoded it.
    decoder: opens pictures from strangers; its processes start with the first picture that a visitor uploads.
    models: the models that a visitor may choose for the next corpus instead of `encoder`.
    catalogue: the second sample, kept in the same way.
    engine: the live engine that the operator offers in place of the sample, if any.
    """

    encoder: SharedEncoder
    visits: Visits
    sample: KeptSample
    decoder: SafeDecoder
    models: Models
    engine: OperatorEngine | None = None
    catalogue: KeptSample = field(default_factory=KeptSample)
