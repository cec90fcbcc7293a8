"""A static site of many runs: a leaderboard, a page for each codec, an export for other boards."""
