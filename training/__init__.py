"""How the bundled model `modgap-mini` was made: one command, ``python -m training.train``."""
