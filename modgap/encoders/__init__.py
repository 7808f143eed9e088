"""Encoders: any open_clip model behind one small interface; the bundled model is the default."""

from modgap.encoders.base import Encoder
from modgap.encoders.load import BUNDLED, ModelInfo, known_models, load_encoder

__all__ = ["BUNDLED", "Encoder", "ModelInfo", "known_models", "load_encoder"]
