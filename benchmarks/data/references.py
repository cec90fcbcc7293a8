"""Clean recordings behind noisy items: codecs that enhance are held against these.

A reference must be the same speech at the same times. What can be told without listening is its
length: it may differ by a millisecond, as two sampling rates of one recording do.
"""

from pathlib import Path

from ...codecs.audio.reading import AudioError, inspect
from .manifest import ItemsError, Listing

LONGER = 0.001  # seconds


def digest_of(listing: Listing, reference: Path, seconds: float) -> str:
    """SHA-256 of the reference of an item that lasts so many seconds.

    Raises:
        ItemsError: it is missing, no audio, longer or shorter than the item, or not what the
            manifest says.
    """
    try:
        found = inspect(reference)
    except AudioError as error:
        raise ItemsError([f"{listing.where}reference of {listing.id}: {error}"]) from error
    if abs(more := found.seconds - seconds) > LONGER:
        raise ItemsError(
            [
                f"{listing.where}reference of {listing.id}: {reference} is {abs(more):.4g} s "
                f"{'longer' if more > 0 else 'shorter'} than the item ({seconds:.4g} s); "
                "a reference is the same recording without the noise"
            ]
        )
    if listing.reference_sha256 and found.sha256 != listing.reference_sha256:
        raise ItemsError(
            [
                f"{listing.where}reference of {listing.id}: {reference}: wrong content: its "
                f"SHA-256 is {found.sha256}, {listing.reference_sha256} was said"
            ]
        )
    return found.sha256
