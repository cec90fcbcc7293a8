"""Lists of names on a command line."""

import argparse


def names(text: str) -> tuple[str, ...]:
    """Names with commas between them, as `argparse` takes a type.

    Raises:
        argparse.ArgumentTypeError: it names nothing: an empty variable of a script must not ask
            for all there is.
    """
    named = tuple(filter(None, (name.strip() for name in text.split(","))))
    if not named:
        raise argparse.ArgumentTypeError(f"{text!r} names nothing; write A or A,B")
    return named
