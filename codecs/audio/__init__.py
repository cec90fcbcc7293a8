"""Recordings on disk: which containers are whole, what their samples are, what a folder holds."""
