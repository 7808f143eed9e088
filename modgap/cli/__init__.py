"""The command line: one file a command, with the table that it prints; `main.py` puts them together."""
