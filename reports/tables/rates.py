"""Whether a codec keeps the bitrate that it states."""

TOLERANCE = 1.25  # ratio of measured and stated: short items and variable rates stay below


def misstated(kind: str, nominal: float | None, measured: float | None) -> bool:
    """Does a condition of this kind, in kbit/s, state another bitrate than was measured?

    False where there is nothing to compare: oracles, controls, rates that are only stated.
    """
    if kind != "codec" or not nominal or not measured or measured != measured:
        return False
    return max(measured / nominal, nominal / measured) > TOLERANCE
