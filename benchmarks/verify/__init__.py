"""Holds what a run says against its files and against a second computation."""
