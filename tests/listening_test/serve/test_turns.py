"""Sessions of a plan are handed out so that all are rated equally often."""

from nscbench.listening_test.folder import write_description
from nscbench.listening_test.serve.server import RatingServer
from nscbench.listening_test.serve.turns import Turns


def record(plan, trial="trial-01", listener="a", **more):
    return {"plan": plan, "trial": trial, "listener": listener, "complete": True} | more


def test_each_gets_the_next_and_who_only_looked_is_made_up_for():
    turns = Turns(3)
    assert [turns.next() for _ in range(4)] == [1, 2, 3, 1]
    for plan in (1, 1, 2):
        turns.note(record(plan))
    assert turns.next() == 3  # nobody has finished anything of it
    turns.note(record(3, listener="b"))
    turns.note(record(3, listener="b"))  # sent twice: the same trial
    assert turns.next() == 2  # one trial each, and of these it was handed out least


def test_what_was_kept_counts_after_a_restart():
    turns = Turns(2)
    kept = [record(1), record(2, complete=False), record(2, training=True), record(9), record([])]
    turns.read(kept)
    assert [turns.next(), turns.next()] == [2, 2]


def test_the_page_learns_whose_turn_it_is(tmp_path):
    (tmp_path / "test").mkdir()
    (tmp_path / "test" / "index.html").write_text("")
    trials = [{"trial": name, "training": False, "stimuli": []} for name in "ab"]
    described = {"schema": 1, "test": "t", "trials": trials, "sessions": [["a"], ["b"]]}
    write_description(described, tmp_path / "test")
    server = RatingServer(tmp_path / "test")
    client = server.app.test_client()
    told = [client.get("/server.js").text for _ in range(3)]
    server.records.close()
    assert ['"plan": 1' in told[0], '"plan": 2' in told[1], '"plan": 1' in told[2]] == [True] * 3
