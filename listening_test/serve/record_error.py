"""What is said of something sent that is not taken."""


class RecordError(ValueError):
    """Something sent is not what a player of this test sends: the message says why."""
