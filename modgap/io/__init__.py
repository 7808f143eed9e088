"""The program's own files: atomic writes, JSON, mean vectors, the vector cache, shipped assets, HTML templates."""
