"""Suites, the runner, and the `nscbench` command."""
