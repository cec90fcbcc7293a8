"""The networks: each file one architecture, as modules that know no files, logs or devices.

`features` holds the spectra that they see.
"""
