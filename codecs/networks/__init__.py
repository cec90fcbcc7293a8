"""The networks: each file one architecture, as modules that know no files, logs or devices."""
