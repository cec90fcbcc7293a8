"""Tests of a run: what the standard asks for, blind ids, and requests that give none."""

import re

import numpy as np
import pytest

from nscbench.listening_test.prepare.player_folder import blind_description, write_player
from nscbench.listening_test.prepare.session_plan import SessionPlan
from nscbench.listening_test.prepare.trials import make_test
from nscbench.listening_test.schema import BuildError
from support.mushra_run import make_run


def test_a_test_has_what_the_standard_asks_for(test):
    assert [trial.id for trial in test.trials][:2] == ["training", "trial-01"]
    assert [trial.training for trial in test.trials] == [True, False, False, False, False]
    rated = {"late-1", "noisy-6", "reference", "anchor35", "mnru-20"}
    assert all(set(trial.stimuli.values()) == rated for trial in test.trials)
    assert len({trial.item for trial in test.trials}) == 5  # none is both trained and rated
    assert any("BS.1534-3 asks for 5" in remark for remark in test.remarks)
    assert not {"long", "short"} & {trial.item for trial in test.trials}


def test_mnru_anchors_are_rated_too(run):
    test = make_test(run, items=1, mnru=[10, 25])
    assert {"mnru-10", "mnru-25"} < set(test.trials[1].stimuli.values())


def test_a_mid_anchor_that_nobody_hears_gives_way_to_noise(run, test):
    """The run's speech has hardly anything above 7 kHz."""
    assert test.trials[1].mid_anchor_audible is None
    assert any("mnru-20 takes its place" in remark for remark in test.remarks)
    asked = make_test(run, items=1, mnru=[10])
    expected = {"late-1", "noisy-6", "reference", "anchor35", "anchor70", "mnru-10"}
    assert set(asked.trials[1].stimuli.values()) == expected
    assert asked.trials[1].mid_anchor_audible is False
    assert any("hardly differs from the reference in 2 of 2" in r for r in asked.remarks)


def test_a_mid_anchor_that_is_heard_stays(tmp_path, speech_like):
    def hissing(seconds, rate, seed):
        speech = speech_like(seconds, rate, seed)
        return speech + 0.05 * np.sin(2 * np.pi * 7500 * np.arange(len(speech)) / rate)

    test = make_test(make_run(tmp_path / "run", hissing), items=1)
    expected = {"late-1", "noisy-6", "reference", "anchor35", "anchor70"}
    assert set(test.trials[1].stimuli.values()) == expected
    assert test.trials[1].mid_anchor_audible is True


def test_as_many_trials_as_a_session_has_time_for(run, monkeypatch):
    assert make_test(run, items=2).minutes == 3 * 5 * 25 / 60
    monkeypatch.setattr("nscbench.listening_test.prepare.duration.SECONDS_PER_SIGNAL", 80.0)
    test = make_test(run)
    assert test.minutes == 3 * 5 * 80 / 60 == 20
    assert any("2 items, as there is time for; BS.1534-3 asks for 5" in r for r in test.remarks)


def test_a_plan_shares_trials_out(run, test):
    numbered = make_test(run, seed=3, plan=SessionPlan((("2", "1"), ("3", "2"), ("1", "3"))))
    item_of = {trial.id: trial.item for trial in numbered.trials}
    sessions = [[item_of[trial] for trial in session] for session in numbered.sessions]
    (second, first), (third, _), _ = sessions
    assert sessions == [[second, first], [third, second], [first, third]]
    assert numbered.minutes == 3 * 5 * 25 / 60
    named = make_test(run, seed=3, plan=SessionPlan((("d", "a"), ("a", "d"))))
    item_of = {trial.id: trial.item for trial in named.trials}
    assert [[item_of[t] for t in s] for s in named.sessions] == [["d", "a"], ["a", "d"]]
    assert {trial.item for trial in named.trials if not trial.training} == {"a", "d"}
    assert named.trials[0].item not in {"a", "d"}
    assert blind_description(named)["sessions"] == [list(session) for session in named.sessions]
    assert "sessions" not in blind_description(test)
    other = make_test(run, seed=3, plan=SessionPlan((("a", "d"),)))
    assert other.id != named.id  # a listener of the one has other trials than one of the other


def test_the_same_seed_gives_the_same_test(run, test, tmp_path):
    again = make_test(run, seed=3)
    assert again.id == test.id
    write_player(test, tmp_path / "one")
    write_player(again, tmp_path / "two")
    names = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*"))
    assert len(names) > 10
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    other = make_test(run, seed=4)
    assert other.id != test.id
    assert not set(other.trials[1].stimuli) & set(test.trials[1].stimuli)


def test_blind_ids_do_not_follow_from_the_seed_alone(run):
    """Who knows the program and its default seed must not know where the hidden reference is."""
    tests = [make_test(run, conditions=[name], items=2, seed=0) for name in ("late-1", "noisy-6")]
    first, second = ({*t.samples} for t in (test.trials[0] for test in tests))
    assert len(first) == len(second) == 5
    assert not first & second
    again = make_test(run, conditions=["late-1"], items=2, seed=0)
    assert {*again.trials[0].samples} == first


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            {"conditions": ["nothing"]},
            "no condition is called 'nothing'; there are: late-1",
        ),
        ({"conditions": ["pcm", "pcm"]}, "named twice: pcm"),
        ({"items": 6}, "1 to 5 can be used; 2 of 7 items are not 1 to 12 s long"),
        ({"items": 0}, "1 to 5 can be used"),
        ({"mnru": [99]}, "no MNRU anchor of 99 dB"),
        ({"mnru": [5, 5]}, "named twice"),
        ({"mnru": list(range(9))}, "leave no room"),
        ({"plan": SessionPlan((("a", "x"),))}, "the run has no item x"),
        ({"plan": SessionPlan((("a", "long"),))}, "the plan's items long cannot be used"),
        ({"plan": SessionPlan((("1",),)), "items": 2}, "leave out --items"),
    ],
)
def test_wrong_requests_are_refused(run, request_, message):
    with pytest.raises(BuildError, match=re.escape(message)):
        make_test(run, **request_)
