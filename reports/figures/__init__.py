"""Figures of a run. Each module draws one kind, from tables that the statistics made."""
