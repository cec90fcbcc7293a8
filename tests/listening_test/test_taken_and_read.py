"""What the server takes, the analysis reads: no accepted post stops it."""

import json
import sys
from pathlib import Path

import pytest

from nscbench.benchmarks.cli import main
from nscbench.listening_test.serve.server import RatingServer

FORM = "application/x-www-form-urlencoded"
SURROGATE = "\ud83d"


def session(number, **changes):
    """A session of webMUSHRA: two systems, reference and an anchor on two items."""
    scores = {"opus-6": 40, "opus-12": 70, "reference": 100, "anchor35": 10}
    trials = [
        {
            "id": f"item_{item}",
            "type": "mushra",
            "responses": [
                {
                    "stimulus": name,
                    "score": str((score + 7 * number + item) % 101),
                    "time": 1000 + item,
                }
                for name, score in scores.items()
            ],
        }
        for item in range(2)
    ]
    uuid = f"264c35db-a636-440d-b542-c3ac3916c{number:03d}"
    return {"testId": "t", "participant": {}, "trials": trials, "uuid": uuid} | changes


def with_response(number, **changes):
    made = session(number)
    made["trials"][0]["responses"][0] |= changes
    return made


def with_trial(number, **changes):
    made = session(number)
    made["trials"][0] |= changes
    return made


LONG = int("9" * 4000)
HOSTILE = {
    "score of 4000 digits": with_response(100, score=LONG),
    "score of -4000 digits": with_response(101, score=-LONG),
    "text of 4000 digits": with_response(102, score="9" * 4000),
    "fraction of 4000 digits": with_response(103, score="50." + "9" * 4000),
    "list for a score": with_response(104, score=[1]),
    "time of 4000 digits": with_response(105, time=LONG),
    "surrogate in a stimulus": with_response(106, stimulus=f"a{SURROGATE}"),
    "surrogate in a trial": with_trial(107, id=f"a{SURROGATE}"),
    "surrogate in the id": session(108, uuid=f"a{SURROGATE}"),
    "surrogate in the test": session(109, testId="t", config=SURROGATE),
    "surrogate in a score": with_response(110, score=SURROGATE),
    "surrogate in a type": with_trial(111, type=SURROGATE),
    "mathematics": with_response(112, stimulus=r"$\frac{1$"),
    "a sum": with_response(113, stimulus="=HYPERLINK(1)"),
    "Reference": with_response(114, stimulus="Reference"),
    "5000 digits": with_response(115, stimulus="9" * 5000),
    "item of 5000 digits": with_trial(116, id="9" * 5000),
    "listener of 5000 digits": session(117, uuid="9" * 5000),
    "100,000 letters": with_response(118, stimulus="x" * 100_000),
    "control characters": with_response(119, stimulus="a\0\x1b[2J\nb--><script>"),
    "number for an id": with_trial(120, id=LONG),
    "object for an id": with_trial(121, id={"a": [SURROGATE]}),
    "no uuid": {k: v for k, v in session(122).items() if k != "uuid"},
    "no trials": session(123, trials=[1, None, [], {"responses": 3}, {}]),
    "keys of a table": session(
        124, listener=1, item=SURROGATE, condition=LONG, score="x", ratings=[]
    ),
    "empty names": with_response(125, stimulus=""),
    "other signs": with_response(126, stimulus="क्ष ‮山田 🎧"),
}


def take(sessions, tmp_path):
    """The results of a server that was sent these, and took them."""
    folder = tmp_path / "webMUSHRA"
    folder.mkdir()
    (folder / "index.html").write_text("")
    server = RatingServer(folder)
    client = server.app.test_client()
    for one in sessions:
        body = "sessionJSON=" + json.dumps(one)
        answer = client.post("/service/write.php", data=body, content_type=FORM)
        assert answer.status_code == 200
    server.records.close()
    return Path(f"{folder}.webmushra.jsonl")


def test_no_session_that_was_taken_stops_the_analysis(tmp_path, capsys):
    results = take([*map(session, range(5)), *HOSTILE.values()], tmp_path)
    out = tmp_path / "analysis"
    words = ["mushra", "analyze", str(results), "--out", str(out), "--screening", "none"]
    assert main(words) == 0
    said = capsys.readouterr()
    for text in (said.out, said.err, *(path.read_text("utf-8") for path in out.iterdir())):
        assert "\x1b" not in text
        assert SURROGATE not in text
    conditions = (out / "conditions.csv").read_text("utf-8")
    assert r"$\frac{1$" in conditions
    assert r"a\ud83d" in conditions
    assert "Reference" not in conditions
    ordinary = json.loads((out / "analysis.json").read_text("utf-8"))["after"]
    opus = next(c for c in ordinary["conditions"] if c["condition"] == "opus-12")
    assert opus["listeners"] == len([*range(5), *HOSTILE]) - 2  # without uuid, without trials
    figure = (out / "intervals.svg").read_text("utf-8")
    assert r"$\frac{1$" in figure  # the text that is drawn, in a comment
    assert "x" * 50 not in figure


def test_a_session_that_no_analysis_reads_is_told(tmp_path, capsys):
    take([HOSTILE["surrogate in a type"], HOSTILE["no uuid"], HOSTILE["no trials"]], tmp_path)
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("kept")]
    assert [line.partition(": ")[2] for line in told] == [
        "page item_0 is of type '\\ud83d', not 'mushra'",
        "a webMUSHRA session without its uuid",
        *["a trial without responses"] * 3,
    ]


@pytest.mark.parametrize("kind", [str, bytes], ids=["text", "bytes"])
def test_a_results_file_of_any_name_is_read(tmp_path, capsys, kind):
    if kind is bytes and sys.platform == "darwin":
        pytest.skip("macOS has UTF-8 names only")
    name = "r\udcff.csv" if kind is bytes else "$\\frac{1$ ü.csv"
    path = tmp_path / name
    path.write_text(
        "listener,item,condition,score\n"
        + "".join(f"{n},a,{c},{n + 50}\n" for n in range(4) for c in ("x", "$\\frac{1$"))
    )
    out = tmp_path / "analysis"
    assert main(["mushra", "analyze", str(path), "--out", str(out)]) == 0
    sources = json.loads((out / "analysis.json").read_text("utf-8"))["sources"]
    assert [Path(source).name for source in sources] == [name.replace("\udcff", "\\udcff")]
