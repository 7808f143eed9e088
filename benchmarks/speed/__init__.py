"""Time and memory: `python -m benchmarks.speed.NAME`, NAME a module of this package."""
