"""Conventional codecs: one file each, on the library that its docstring names."""
