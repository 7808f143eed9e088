"""Training of the bundled model `modgap-mini-2`: one command, ``python -m training.train``."""
