"""nscbench: a benchmark of neural speech codecs, above all diffusion-based ones."""

__version__ = "0.2.0"
