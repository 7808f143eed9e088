"""Benchmarks: `quality/` measures how well methods rank, `speed/` time and memory. Run each as a module."""
