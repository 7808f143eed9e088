"""How well methods rank, reject and score: `python -m benchmarks.quality.NAME`, NAME a module of this package."""
