"""A run: its suite, its plan, its stages, and what of it is done."""
