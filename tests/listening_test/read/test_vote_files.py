"""Votes as other tools write them: what is taken, what is refused, and that nothing is changed.

The rows are in the form that webMUSHRA's write.php (master, 2025) and the P.808 toolkit give them.
"""

import csv
import io
import json

import pytest

from nscbench.listening_test.read.blind_key import Key, TrialKey
from nscbench.listening_test.read.vote_files import ReadingRules, own_categories, read_votes
from nscbench.listening_test.schema import ResultsError

P808 = """file_url,short_file_name,n,MOS,std,95%CI,vote_1,vote_2,vote_3
https://example.org/a/opus_6/0001_f1.wav,0001_f1.wav,3,4,1,1.1,3,4,5
https://example.org/a/opus_6/0002_f1.wav,0002_f1.wav,2,2,0,0,2,2,
https://example.org/a/orig/0001_f1.wav,0001_f1.wav,2,4.5,0.7,1,4,5
https://example.org/a/orig/0001_f1.wav,0001_f1.wav,2,4.5,0.7,1,4,5,
https://example.org/a/orig/0003_f1.wav,0003_f1.wav,0,,,,,,
https://example.org/a/orig/0004_f1.wav,0004_f1.wav,2,5,0,0,4,excellent,
"""
PAIRED = [
    ["t", "", "item_a", "reference", "C1", "correct", "4100", ""],
    ["t", "", "item_a", "reference", "C2", "incorrect", "2000", 'hard, "really"'],
    ["t", "", "item_b", "reference", "C1", "undecided", "1500", ""],
    ["t", "", "item_b", "reference", "C2", "unknown", "900", ""],
    ["t", "", "item_a", "reference", "C1", "incorrect", "3000", ""],
]
PAIRED_HEAD = "session_test_id,name,trial_id,choice_reference,choice_non_reference"
PAIRED_HEAD += ",choice_answer,choice_time,choice_comment"
LIKERT = [
    ["t", "34", "page", "not at all", "C1", "5000"],
    ["t", "34", "page", "much", "C2", "6000"],
    ["t", "34", "page", "NA", "C3", "7000"],
    ["t", "51", "page", " a bit ", "C1", "4000"],
]


def table(rows, head):
    """A CSV text as PHP's fputcsv writes it."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head.split(","), *rows])
    return text.getvalue()


@pytest.fixture
def read(tmp_path):
    def read(text, name="votes.csv", **how):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return read_votes([path], ReadingRules(**how))

    return read


def said(votes):
    return [(entry.line, entry.why) for entry in votes.rejected]


def test_p808(read):
    votes = read(P808)
    found = [(v.item, v.condition, v.score) for v in votes.rows]
    assert votes.test == "acr"
    assert (
        found[:5] == [("0001_f1", "opus_6", s) for s in (3, 4, 5)] + [("0002_f1", "opus_6", 2)] * 2
    )
    assert found[5:] == [
        ("0001_f1", "orig", 4),
        ("0001_f1", "orig", 5),
        *[("0004_f1", "orig", s) for s in (4, 5)],
    ]
    assert said(votes) == [(5, "the clip '0001_f1' of 'orig' stands at line 4, too")]
    assert any("line" not in n and ":6: the clip '0003_f1' has no vote" in n for n in votes.notes)


def test_p808_says_what_does_not_add_up(read):
    text = P808.splitlines()[0] + "\nx/o/1.wav,1.wav,3,4,1,1,4,4,\nx/o/2.wav,2.wav,2,3,1,1,4,4,\n"
    notes = " ".join(read(text).notes)
    assert ":2: n is 3, and there are 2 votes" in notes
    assert ":3: the mean is said to be 3, and that of its votes is 4" in notes


def test_paired_comparison_comes_back_unchanged(read):
    votes = read(table(PAIRED, PAIRED_HEAD))
    told = {"reference": "correct", "": None}
    back = [
        [a.item, a.other, a.condition, told.get(a.given, "incorrect"), f"{1000 * a.seconds:.0f}"]
        for a in votes.rows
    ]
    kept = [[*row[2:5], row[5] if row[5].endswith("correct") else None, row[6]] for row in PAIRED]
    assert votes.test == "abx"
    assert back == kept
    assert [a.listener.rpartition("#")[2] for a in votes.rows] == ["1", "1", "1", "1", "2"]
    assert not votes.rejected


@pytest.mark.parametrize("name", ["lss.csv", "lms.csv"])
def test_likert_comes_back_unchanged(read, name):
    head = "session_test_id,age,trial_id,stimuli_rating,stimuli,rating_time"
    words = "not at all,not a lot,a bit,much"
    votes = read(table(LIKERT, head), name, categories=own_categories(words))
    back = [[v.item, words.split(",")[int(v.score) - 1], v.condition] for v in votes.rows]
    assert back == [[r[2], r[3].strip(), r[4]] for r in LIKERT if r[3] != "NA"]
    assert [1000 * v.seconds for v in votes.rows] == [5000, 6000, 4000]
    assert [v.session[-1] for v in votes.rows] == ["1", "1", "2"]
    assert said(votes) == [(4, "not answered")]


def test_likert_of_several_scales(read):
    text = "session_test_id,trial_id,stimuli_rating1,stimuli_rating2,stimuli,rating_time\n"
    text += "t,p,1,5,C1,9\n"
    with pytest.raises(ResultsError, match="2 scales.*--scale 1"):
        read(text)
    assert [v.score for v in read(text, scale=2).rows] == [5]


@pytest.mark.parametrize(
    ("rows", "test"),
    [
        ("A,i,c,5", "acr"),
        ("A,i,c,Excellent\nA,i,d,Bad", "acr"),
        ("A,i,c,very annoying", "dcr"),
        ("A,i,c,viel besser,r", "ccr"),
        ("A,i,c,-2,r", "ccr"),
        ("A,i,c,4,r", "dcr"),
    ],
)
def test_the_data_say_which_test_it_is(read, rows, test):
    head = "listener,item,condition,score"
    head += ",reference" if rows.split("\n")[0].count(",") == 4 else ""
    assert read(f"{head}\n{rows}\n").test == test


def test_bad_rows_cost_themselves(read):
    text = """listener;item;condition;score
A;i1;opus;"4,0"
A;i2;opus;3,5
A;i3;opus;7
A;i4;;3
A;i5;opus;rubbish
A;i6;opus
A;i1;opus;4
A;i7;opus;2
A;i7;opus;3
A;i8;opus;
"""
    votes = read(text)
    assert [(v.item, v.score) for v in votes.rows] == [("i1", 4), ("i7", 3)]
    reasons = dict(said(votes))
    assert "3.5 is no category of acr" in reasons[3]
    assert "7 is no category" in reasons[4]
    assert reasons[5] == "no condition is named"
    assert "'rubbish' is neither a number nor a word" in reasons[6]
    assert reasons[7] == "3 fields where the header has 4"
    assert "the same vote as at" in reasons[8]
    assert "2 is replaced by 3 at" in reasons[9]
    assert reasons[11] == "not answered"
    assert "2 scores have a decimal comma" in votes.notes


def test_a_decimal_comma_that_parts_fields_is_told(read):
    votes = read("listener,item,condition,score\nA,i,c,3,0\nA,i,d,3\n")
    assert said(votes)[0][1].endswith(
        "a decimal comma needs quotes, or semicolons between the fields"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("listener,item,condition,score\nA,i,c,80\nA,i,d,35\n", "mushra analyze"),
        ("a,b\n1,2\n", "is no table of votes.*Known are"),
        ("condition,score,test\nc,3,acr\nc,3,dcr\n", "votes of acr, dcr"),
        ("condition,score,test\nc,3,mos\n", "known are"),
        ("condition,score\nc,x\n", "no vote in.*'x'"),
        ("", "no vote in"),
        ('{"testId": "t", "trials": []}', "holds JSON, and no table of votes"),
    ],
)
def test_refused_files(read, text, message):
    with pytest.raises(ResultsError, match=message):
        read(text)


def test_a_missing_file(tmp_path):
    with pytest.raises(ResultsError, match="cannot be read"):
        read_votes([tmp_path / "none.csv"])


def test_ccr_needs_its_reference(read):
    votes = read("listener,item,condition,score,reference\nA,i,c,-2,r\nA,j,c,1,\n")
    assert [(v.condition, v.reference, v.score) for v in votes.rows] == [("c", "r", -2)]
    assert "names the reference" in said(votes)[0][1]


def test_long_choices_and_answers(read):
    choices = read(
        "listener,item,first,second,choice\nA,i,a,b,b\nA,j,b,a,tie\nA,k,a,b,z\nA,l,a,a,a\n"
    )
    assert [(c.first, c.second, c.choice) for c in choices.rows] == [
        ("a", "b", "b"),
        ("b", "a", ""),
    ]
    assert [line for line, _ in said(choices)] == [4, 5]
    words = read(
        "listener,item,condition,asked,given,alternatives,feature\n"
        "A,1,c,veal,feel,veal|feel,voicing\nA,2,c,meat,meat,beat|neat,nasality\nA,3,c,a,x,a|b,\n"
    )
    assert words.test == "drt"
    assert [(a.asked, a.given, a.feature) for a in words.rows] == [("veal", "feel", "voicing")]
    assert [line for line, _ in said(words)] == [3, 4]
    abx = read("listener,item,condition,other,asked,given\nA,1,c,reference,a,b\n")
    assert (abx.test, abx.rows[0].right) == ("abx", False)


def test_a_key_that_does_not_belong(read):
    own = Key("t", {"1": TrialKey("i", {"x": "opus"})})
    text = "listener,item,condition,score\nA,i,opus,3\nA,i,gan,4\n"
    votes = read(text, key=own)
    assert [v.condition for v in votes.rows] == ["opus"]
    assert said(votes) == [(3, "the key has no condition 'gan'")]
    with pytest.raises(ResultsError, match="does the key belong"):
        read(text, key=Key("t", {"1": TrialKey("i", {"x": "lyra"})}))


def test_votes_without_names_are_all_taken(read):
    votes = read("condition,score\nc,3\nc,3\nc,4\n")
    assert [v.score for v in votes.rows] == [3, 3, 4]
    mixed = read("listener,item,condition,score\nA,i,c,3\n,i,c,3\n,i,c,3\n")
    assert len(mixed.rows) == 3
    assert "2 of 3 votes name no listener: each is taken for its own" in mixed.notes


def test_rejections_can_be_written_anywhere(read):
    votes = read("listener,item,condition,score\nA,i,c\x1bd,3\nA,i,c,\x1b[31m\n")
    assert votes.rows[0].condition == "c\\x1bd"
    json.dumps([entry.why for entry in votes.rejected]).encode("ascii")


@pytest.mark.parametrize("words", ["one", "a,a", "a,b,c,d,e,f"])
def test_own_categories_are_two_to_five(words):
    with pytest.raises(ResultsError, match="2 to 5"):
        own_categories(words)


ABX = "listener,item,condition,other,asked,given"


def test_abx_takes_a_and_b_and_nothing_else(read):
    rows = [["l", "i1", "opus", "reference", "A", "b"], ["l", "i2", "opus", "reference", "b", "q"]]
    rows += [["l", "i3", "opus", "opus", "a", "a"], ["l", "i4", "reference", "opus", "b", "B"]]
    votes = read(table(rows, ABX))
    assert [(row.asked, row.given, row.right) for row in votes.rows] == [
        ("a", "b", False),
        ("b", "b", True),
    ]
    assert {row.pair for row in votes.rows} == {("opus", "reference")}
    assert said(votes) == [
        (3, "the answer 'q' is none of 'a|b'"),
        (4, "a pair has two conditions, and not 'opus' twice"),
    ]


def test_a_preference_may_be_told_by_place(read):
    rows = [["l", f"i{k}", "x", "y", said] for k, said in enumerate(("first", "Second", "neither"))]
    votes = read(table(rows, "listener,item,first,second,choice"))
    assert [row.choice for row in votes.rows] == ["x", "y", ""]


CCR = "listener,item,condition,reference,score"


def test_votes_of_ccr_are_all_the_same_way_round(read):
    rows = [["l", "i", "opus", "reference", -2], ["l", "i", "reference", "opus", 1]]
    votes = read(table([*rows, ["l", "i", "opus", "opus", 0]], CCR))
    assert [(row.condition, row.reference, row.score) for row in votes.rows] == [
        ("opus", "reference", -2),
        ("opus", "reference", -1),
    ]
    assert "votes of reference against opus are read as of opus against reference" in votes.notes[0]
    assert said(votes) == [(4, "a vote of ccr compares two conditions, and not 'opus' with itself")]


def test_what_looks_like_a_reference_is_said(read):
    rows = [[name, 3] for name in ("orig", "lowpass_3500", "opus-6", "reference")]
    notes = read(table(rows, "condition,score")).notes
    assert [note for note in notes if "taken for a system" in note] == [
        "'lowpass_3500' is taken for a system under test; if it is an anchor, call it anchor-NAME",
        "'orig' is taken for a system under test; if it is the hidden reference, call it reference",
    ]


def test_what_belongs_elsewhere_is_told_where(read, tmp_path):
    with pytest.raises(ResultsError, match="holds ratings of MUSHRA: `nscbench mushra analyze`"):
        read("session_uuid,trial_id,rating_stimulus,rating_score\nu,t,opus,50\n")
    with pytest.raises(ResultsError, match="--scale is of Likert pages"):
        read("condition,score\nopus,3\n", scale=2)
    scores, answers = tmp_path / "s.csv", tmp_path / "a.csv"
    scores.write_text("condition,score\nopus,3\n")
    answers.write_text("condition,other,asked,given\nopus,reference,a,a\n")
    with pytest.raises(ResultsError, match=r"s\.csv has scores.*abx: give the files of one test"):
        read_votes([scores, answers])
