"""What a suite may declare."""

import pytest

from nscbench.codecs import CodecError, Unavailable, make
from support.programs import RATE


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"encode": "x {in}"}, "encode lacks {out}"),
        ({"decode": "x {out}"}, "decode lacks {in}"),
        ({"encode": "x {in} {out} {seed}"}, "placeholder {seed}; allowed are {in}, {out}, {kbps}"),
        ({"encode": "x '{in} {out}"}, "encode is no command line: No closing quotation"),
        ({"decode": ""}, "a program needs decode, a command line"),
        ({"kbps": 0}, "a program needs kbps, a number above 0, not 0"),
        ({"sample_rate": "16k"}, "a program needs sample_rate, a number above 0, not '16k'"),
        ({"time_limit": -1}, "time_limit must be seconds"),
        ({"paper": 2024}, "mine: paper must be a text, not 2024"),
        ({"colour": 1}, "a program has no setting 'colour'; it has: "),
    ],
)
def test_declarations_that_are_wrong_are_refused(tmp_path, settings, message):
    with pytest.raises(CodecError) as raised:
        make(
            "mine",
            {"encode": "x {in} {out}", "decode": "x {in} {out}", "kbps": 1, "sample_rate": RATE}
            | settings,
        )
    assert message in str(raised.value)


def test_names_of_codecs_that_exist_or_cannot_be_are_refused(tmp_path):
    folder = {"decoded": str(tmp_path), "kbps": 1, "sample_rate": RATE}
    with pytest.raises(CodecError, match="there is a codec 'pcm' already"):
        make("pcm", folder)
    with pytest.raises(CodecError, match="cannot be called 'my codec'"):
        make("my codec", folder)


def test_what_is_not_here_is_unavailable(tmp_path):
    with pytest.raises(Unavailable, match="mine-1 cannot run here: there is no program nothere"):
        make(
            "mine", dict(encode="nothere {in} {out}", decode="x {in} {out}", kbps=1, sample_rate=1)
        )
    with pytest.raises(Unavailable, match="there is no folder"):
        make("mine", {"decoded": str(tmp_path / "no"), "kbps": 1, "sample_rate": RATE})


def test_paper_and_licence_are_told_and_change_no_result(tmp_path):
    folder = {"decoded": str(tmp_path), "kbps": 1, "sample_rate": RATE}
    plain = make("mine", folder)
    told = make("mine", folder | {"paper": "A. Author, 2024", "licence": "MIT"})
    assert (told.paper, told.licence) == ("A. Author, 2024", "MIT")
    assert repr(told) == repr(plain)
    assert told.condition == plain.condition
