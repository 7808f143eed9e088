"""The command line: one file per command, with the table that it prints; `main.py` registers them."""
