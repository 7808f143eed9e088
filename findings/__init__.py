"""The seven questions of `docs/FINDINGS.md`, a module each: `python -m findings.run [NAME ...]`."""
