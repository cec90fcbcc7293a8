"""How long a listener takes: one estimate, said wherever a test is planned, built or begun.

    minutes = trials, that of training included, x signals of a trial x 25 s

25 s are to hear a signal of 3 to 10 s about twice, against the reference and its neighbours, and to
rate it. That is our assumption, not a standard's: `duration` in the records says what listeners
took. So are 20 minutes for a session without a break and, where nothing is asked for, eight signals
in a trial; BS.1534-3 allows twelve.
"""

SECONDS_PER_SIGNAL = 25.0
SESSION_MINUTES = 20.0
USUAL_SIGNALS = 8  # of a trial, hidden reference and anchors included
MOST_SIGNALS = 12  # BS.1534-3


def minutes_of(trials: int, signals: int) -> float:
    """Minutes of a session of `trials`, that of training included."""
    return trials * signals * SECONDS_PER_SIGNAL / 60


def rated_within(signals: int, minutes: float = SESSION_MINUTES) -> int:
    """Trials that a session has time for beside that of training: 1 at least."""
    return max(1, int(minutes * 60 // (signals * SECONDS_PER_SIGNAL)) - 1)
