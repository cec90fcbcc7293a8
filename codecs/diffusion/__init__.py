"""Diffusion decoders: processes, samplers, and the front and back ends between which they stand."""
