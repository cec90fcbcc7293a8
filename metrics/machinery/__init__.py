"""What metrics share: signals, alignment, spectra, networks and their weights."""
