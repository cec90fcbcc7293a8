"""How long a stage may take before its process is killed."""

_START_LIMIT = 300.0  # seconds, for a process that has to import everything first
_CODING_LIMIT = 60.0  # seconds for each second of audio
_SCORING_LIMIT = 20.0  # the same


def coding_limit(seconds: float) -> float:
    """Seconds that encoding or decoding so many seconds of audio may take."""
    return _START_LIMIT + _CODING_LIMIT * seconds


def scoring_limit(seconds: float) -> float:
    """Seconds that scoring so many seconds of audio may take."""
    return _START_LIMIT + _SCORING_LIMIT * seconds
