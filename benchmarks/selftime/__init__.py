"""What nscbench itself costs: scoring, decoding, training data, large runs."""
