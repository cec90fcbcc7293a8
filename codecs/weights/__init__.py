"""Weights: files, found by name, and networks that are rebuilt from them."""
