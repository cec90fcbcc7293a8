"""Intervals, tests and coefficients: of reports and of listening tests."""
