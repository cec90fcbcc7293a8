"""Null conditions and anchors: they show the floor, ceiling and noise of each metric."""
