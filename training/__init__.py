"""Training of the bundled model `modgap-mini`: one command, ``python -m training.train``."""
