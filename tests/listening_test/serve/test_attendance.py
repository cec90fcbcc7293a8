"""Who takes which block, and that each listener of a panel has one session."""

from collections import Counter

import pytest

from nscbench.listening_test.serve.attendance import Attendance, Taken

THREE = {"blocks": [["t1", "t2"], ["t3", "t4"], ["t5", "t6"]], "panel": {"parameter": ""}}
NAMED = THREE | {"panel": {"parameter": "PROLIFIC_PID"}}


def record(session, block, trial="t1", listener="", **changes):
    return {
        "listener": listener or session,
        "session": session,
        "trial": trial,
        "block": block,
        "training": False,
        "complete": True,
    } | changes


def test_sessions_that_begin_at_once_are_spread_over_the_blocks():
    attendance = Attendance(THREE)
    given = [attendance.begin(f"l{n}", f"s{n}") for n in range(50)]
    assert sorted(Counter(given).values()) == [16, 17, 17]
    assert [attendance.begin(f"l{n}", f"s{n}") for n in range(50)] == given


def test_who_left_counts_for_what_they_finished_only():
    attendance = Attendance(THREE)
    attendance.read(
        [
            *(record("a", 0, trial) for trial in ("t1", "t1", "t2")),  # all of it
            record("b", 2, "t5"),  # half
            record("b", 2, "t6", complete=False),
            record("c", 1, "training", training=True),  # nothing
        ]
    )
    assert [attendance.begin("", f"n{n}") for n in range(3)] == [1, 2, 0]
    attendance.note(record("c", 1, "t3"))  # goes on, and counts whole
    assert attendance.begin("", "n3") == 2


def test_a_listener_of_a_panel_has_one_session():
    attendance = Attendance(NAMED)
    attendance.read([record("s1", 0, listener="p1")])
    assert attendance.begin("p1", "s1") == 0
    with pytest.raises(Taken, match="listener p1 has begun this test in another session"):
        attendance.begin("p1", "s2")
    with pytest.raises(Taken, match="listener p1"):
        attendance.check(record("s2", 0, listener="p1"))
    with pytest.raises(Taken, match="listener p1"):
        attendance.begin("p1 ", "s3")
    attendance.check(record("s3", 0, listener="p2"))


def test_without_a_panel_a_number_may_come_twice():
    attendance = Attendance(THREE)
    attendance.check(record("s1", 0, listener="p1"))
    attendance.check(record("s2", 0, listener="p1"))
