"""Conventional codecs: one file each, on the library that its docstring names.

What several of them call lies beside them: `av_packets`, `amr_frames`, `native`.
"""
