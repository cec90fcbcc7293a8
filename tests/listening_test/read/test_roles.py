"""Which conditions of other people's tables are reference and anchors: told, or asked about."""

import re

import pytest

from nscbench.listening_test.read.roles import parse_roles
from nscbench.listening_test.schema import ResultsError, is_system


@pytest.mark.parametrize(
    "name",
    ["hidden_ref", "ref", "Ref 16k", "HiddenReference", "orig", "original.wav", "reference2"],
)
def test_a_hidden_reference_is_suspected(name: str) -> None:
    with pytest.raises(ResultsError, match=re.escape(f"is {name!r} the hidden reference?")) as why:
        parse_roles(None, None).check([name, "opus-6"])
    assert "--reference none" in str(why.value)
    told = parse_roles(name, None)
    told.check([name, "opus-6"])
    assert told.condition(name) == "reference"
    system = parse_roles("none", None)
    system.check([name, "opus-6"])
    assert system.condition(name) == name


@pytest.mark.parametrize("name", ["low_anchor", "anchor 3.5", "lowpass-7", "low-pass", "LP35"])
def test_an_anchor_is_suspected(name: str) -> None:
    with pytest.raises(ResultsError, match=re.escape(f"is {name!r} an anchor?")):
        parse_roles(None, None).check([name, "opus-6"])
    parse_roles(None, ["none"]).check([name, "opus-6"])
    mid = parse_roles(None, [f"{name}=anchor70"])
    mid.check([name, "opus-6"])
    assert mid.condition(name) == "anchor70"
    plain = parse_roles(None, [name])
    plain.check([name, "opus-6"])
    assert not is_system(plain.condition(name))


@pytest.mark.parametrize(
    "name", ["preference-net", "source-filter", "refined-3", "lpcnet", "lpc-10"]
)
def test_systems_are_not_suspected(name: str) -> None:
    parse_roles(None, None).check([name])


def test_anchors_without_a_rule_keep_their_name() -> None:
    roles = parse_roles("ref", ["anchor_low", "lp10", "mnru-5", "x=mnru-20"])
    names = ["anchor_low", "lp10", "mnru-5", "x", "ref"]
    assert [roles.condition(name) for name in names] == [
        *("anchor-low", "anchor-lp10", "mnru-5", "mnru-20", "reference"),
    ]


@pytest.mark.parametrize(
    ("reference", "anchors", "why"),
    [
        ("nothing", None, "no condition is called 'nothing'; there are: a, reference"),
        (None, ["low=anchor35"], "no condition is called 'low'"),
        (None, ["a=opus"], "it is NAME, or NAME=anchor35"),
        (None, ["a=reference"], "it is NAME, or NAME=anchor35"),
        (None, ["=anchor35"], "it is NAME, or NAME=anchor35"),
        (None, ["a", "a=anchor35"], "'a' is named as reference or anchor twice"),
        ("a", ["a"], "'a' is named as reference or anchor twice"),
        ("a", None, "two conditions are the reference: a, reference"),
    ],
)
def test_what_cannot_be_is_refused(
    reference: str | None, anchors: list[str] | None, why: str
) -> None:
    with pytest.raises(ResultsError, match=re.escape(why)):
        parse_roles(reference, anchors).check(["a", "reference"])
