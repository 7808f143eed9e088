"""Files of our own: atomic writes, JSON, mean vectors, the cache of vectors, what ships beside the code."""
