"""Diffusion processes: paths between data and noise, schedules, samplers."""
