"""Encoders: any open_clip model, or one of your own, behind one small interface; the bundled model is the default."""

from modgap.encoders.base import Encoder
from modgap.encoders.load import BUNDLED, ModelInfo, known_models, load_encoder
from modgap.encoders.own import OwnEncoder

__all__ = ["BUNDLED", "Encoder", "ModelInfo", "OwnEncoder", "known_models", "load_encoder"]
