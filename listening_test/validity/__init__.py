"""Can an objective metric be trusted? What a run measured against what listeners said."""
