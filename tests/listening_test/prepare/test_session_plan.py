"""Plans: written and read again; what is none is refused by its line."""

import pytest

from nscbench.listening_test.prepare.assignment import assign
from nscbench.listening_test.prepare.session_plan import SessionPlan, plan_table, read_plan
from nscbench.listening_test.schema import BuildError


def test_what_was_planned_is_read_again(tmp_path):
    sessions = assign(7, [str(n) for n in range(1, 13)], 5)
    path = tmp_path / "plan.csv"
    path.write_text(plan_table(sessions))
    plan = read_plan(path)
    assert [list(session) for session in plan.sessions] == sessions
    assert plan.items == [str(n) for n in range(1, 13)]
    assert plan.is_numbered
    named = plan.named([f"item{n}" for n in range(1, 13)])
    assert named.sessions[0] == tuple(f"item{n}" for n in sessions[0])
    assert not named.is_numbered
    assert not SessionPlan((("1", "3"),)).is_numbered


def test_lines_may_come_in_any_order(tmp_path):
    path = tmp_path / "plan.csv"
    path.write_text("item,listener,position,note\nb,1,2,\nc,2,1,x\na,1,1,\n")
    assert read_plan(path).sessions == (("a", "b"), ("c",))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "has 0 listeners"),
        ("listener,item\n1,a\n", "line 2: a plan has the columns listener, position, item"),
        ("listener,position,item\n1,x,a\n", "line 2"),
        ("listener,position,item\n1,1,a\n1,2,a\n", "line 3: listener 1 has this one twice"),
        ("listener,position,item\n1,1,a\n1,1,b\n", "line 3: listener 1 has this one twice"),
    ],
)
def test_what_is_no_plan_is_refused(tmp_path, text, why):
    path = tmp_path / "plan.csv"
    path.write_text(text)
    with pytest.raises(BuildError, match=why):
        read_plan(path)
    with pytest.raises(BuildError, match="is no file of a plan"):
        read_plan(tmp_path)
