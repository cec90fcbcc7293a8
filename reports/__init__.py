"""From rows to leaderboards, curves and reports."""
