"""Small listening tests of every type, of the run of `mushra_run`."""

from pathlib import Path

from nscbench.listening_test.prepare.judged import make_judged_test
from nscbench.listening_test.prepare.judged_folder import write_judged, write_judged_key
from nscbench.listening_test.prepare.judged_test import JudgedTest, Request

SHORT = (1.0, 4.0)  # seconds: the run's items are no longer
WORDS = """item,word,alternatives,feature
a,veal,veal|feel,voicing
b,feel,veal|feel,voicing
c,meat,beat,nasality
short,beat,meat|beat,nasality
"""
SIX = "item,word,alternatives,feature\n" + "".join(
    f"{item},{word},went|sent|bent|dent|tent|rent,\n"
    for item, word in (("a", "went"), ("b", "sent"), ("c", "bent"))
)


def request_of(test: str, folder: Path, **changes: object) -> Request:
    """What asks for a test of this type; `folder` gets the manifest of words."""
    known: dict[str, object] = {"seed": 3}
    if test in ("drt", "mrt"):
        known["words"] = folder / f"{test}.csv"
        (folder / f"{test}.csv").write_text(WORDS if test == "drt" else SIX)
    else:
        known |= {"items": 2, "clip_seconds": SHORT}
    if test == "ab":
        known["tie"] = True
    return Request(test, **(known | changes))  # type: ignore[arg-type]


def built(run: Path, request: Request, folder: Path) -> JudgedTest:
    """The test of a run, written with its key."""
    test = make_judged_test(run, request)
    write_judged_key(test, folder)
    write_judged(test, folder)
    return test
