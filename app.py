"""Entry of the Hugging Face Space, and of `python app.py`."""

import contextlib

with contextlib.suppress(ImportError):
    import spaces  # noqa: F401 - on ZeroGPU it must come before torch

from modgap.ui import build_app
from modgap.ui.api.health import health_routes
from modgap.ui.components.theme import launch_options

demo = build_app()

if __name__ == "__main__":
    demo.launch(**launch_options(health_routes()))
