import os
import tomllib
from dataclasses import replace

import pytest

from nscbench.benchmarks.run.absences import asked_for, left_out
from nscbench.benchmarks.run.suite import FOLDER, SuiteError, load_suite, suite_names
from nscbench.codecs import available
from nscbench.codecs.bitstream import BitstreamError, check_weights, header_for
from nscbench.reports.tables.curve_deltas import FEWEST_POINTS
from support.tiny_weights import write_weights


def write(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    return str(path)


def test_lists_are_grids(tmp_path):
    suite = load_suite(
        write(
            tmp_path,
            'title = "T"\nitems = "x"\nmetrics = ["si_sdr"]\ndraws = 2\n'
            '[[condition]]\ncodec = "mnru"\nq = [10, 20]\n[[condition]]\ncodec = "pcm"\n',
        )
    )
    assert [codec.condition for codec in suite.codecs] == ["mnru-10", "mnru-20", "pcm"]
    assert (suite.name, suite.title, suite.items, suite.draws) == ("mine", "T", "x", 2)
    assert suite.metrics == ("si_sdr",)
    assert suite.unavailable == {}
    assert suite.whole


PCM = '[[condition]]\ncodec = "pcm"\n'
PROGRAM = '[[condition]]\ncodec = "x"\nkbps = 6\nsample_rate = 16000\n'
LEVEL = '[[degradation]]\nkind = "level"\ndb = 3\nmetrics = ["pseq"]\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colour = 1\n" + PCM, "unknown key 'colour'; a suite has: title, items"),
        ("draws = 0\n" + PCM, "draws must be at least 1"),
        ("draws = true\n" + PCM, "draws must be a int"),
        ('metrics = ["mos"]\n' + PCM, "no metric is called 'mos'"),
        ("metrics = []\n" + PCM, "no metric can run here"),
        ('[[condition]]\ncodec = "mp7"\n', "no codec is called 'mp7'"),
        ('[[condition]]\ncodec = "pcm"\nkbps = 3\n', "pcm has no setting 'kbps'"),
        ("[[condition]]\nkbps = 3\n", 'needs codec = "name"'),
        (PCM + 'device = "cuda"\n', "pcm: a run has one device, which --device states"),
        (PCM + PCM, "pcm appears twice"),
        ('title = "nothing"', "no condition can run here"),
        ("title = ", "not TOML"),
        ("draws = 1000000000\n" + PCM, "draws must be at most 1000, not 1000000000"),
        ('[[condition]]\ncodec = "x"\nkbps = [3, inf]\n', "kbps of x is inf; allowed are numbers"),
        ('[[condition]]\ncodec = "x"\nkbps = nan\n', "kbps of x is nan"),
        ('metrics = ["stoi"]\n' + PCM + LEVEL, r"level\+3dB: no metric of it is called 'pseq'"),
        (
            PROGRAM + f'decoded = "{"x" * 5000}"\n',
            "x: .*: File name too long",
        ),
        ("title = " + "[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, message):
    with pytest.raises(SuiteError, match="mine.toml.*" + message):
        load_suite(write(tmp_path, text))


def test_a_byte_order_mark_is_no_part_of_a_suite(tmp_path):
    assert load_suite(write(tmp_path, "\ufeff" + PCM)).codecs[0].condition == "pcm"


def test_items_start_from_the_suites_folder_as_decoded_audio_does(tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    for named, found in {
        "speech": tmp_path / "speech",
        "/data": "/data",
        "./demo": tmp_path / "demo",
    }.items():
        suite = load_suite(write(tmp_path, f'items = "{named}"\n{PCM}'))
        assert suite.source == str(found)
    nobody = load_suite(write(tmp_path, 'items = "~no such user/a"\n' + PCM))
    assert nobody.source == str(tmp_path / "~no such user" / "a")
    assert load_suite(write(tmp_path, 'items = "demo"\n' + PCM)).source == "demo"
    assert load_suite(write(tmp_path, PCM)).source == "demo"
    assert load_suite("demo").source == "demo"


def test_a_title_is_printable(tmp_path):
    suite = load_suite(write(tmp_path, 'title = "a\\u001b[2Jb"\n' + PCM))
    assert suite.title == "a\\x1b[2Jb"


def test_unknown_suites_and_files_are_refused(tmp_path):
    with pytest.raises(SuiteError, match="no suite is called 'nope'; there are: .*demo"):
        load_suite("nope")
    with pytest.raises(SuiteError, match="cannot be read"):
        load_suite(str(tmp_path / "absent.toml"))


def test_what_is_left_out_is_told_once_for_each_reason(tmp_path):
    """Two rates that lack the same folder are one line, which says it once."""
    text = "metrics = ['si_sdr']\n"
    for number, name in enumerate(("ours", "theirs")):
        text += f"[[condition]]\ncodec = '{name}'\nkbps = [1, 2]\nsample_rate = 16000\n"
        text += f"decoded = 'absent-{number}'\n"
    suite = load_suite(write(tmp_path, text + PCM))
    lines = [
        f"not run: {name}-1, {name}-2: there is no folder {tmp_path}/absent-{number}"
        for number, name in enumerate(("ours", "theirs"))
    ]
    assert asked_for(suite.not_run, suite.not_measured) == lines
    assert not suite.whole
    with pytest.raises(SuiteError) as raised:
        load_suite(write(tmp_path, text))
    assert str(raised.value).splitlines()[1:] == [f"  {line}" for line in lines]
    assert str(raised.value).splitlines()[0].endswith("mine.toml: no condition can run here")


ABSENT = "[[condition]]\ncodec = 'x'\nkbps = 2\nsample_rate = 16000\ndecoded = 'no'\n"


def test_only_what_is_optional_may_be_missing(tmp_path):
    asked = load_suite(write(tmp_path, PCM + ABSENT))
    assert [one.condition for one in asked.not_run] == ["x-2"]
    assert (asked.not_run[0].codec, asked.not_run[0].nominal_kbps) == ("x", 2.0)
    assert not asked.whole
    spared = load_suite(write(tmp_path, PCM + ABSENT + "optional = true\n"))
    assert spared.whole
    assert not spared.not_run
    assert list(left_out(spared.optional, {})) == [
        f"left out: x-2: there is no folder {tmp_path}/no"
    ]
    with pytest.raises(SuiteError, match="optional must be true or false, not 1"):
        load_suite(write(tmp_path, PCM + ABSENT + "optional = 1\n"))


def test_a_metric_that_is_named_may_not_be_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path / "none"))
    named = load_suite(write(tmp_path, 'metrics = ["lsd", "utmos"]\n' + PCM))
    assert not named.whole
    assert asked_for((), named.not_measured) == [
        "not measured: utmos: need weights: nscbench weights get utmos"
    ]
    unnamed = load_suite(write(tmp_path, PCM))
    assert unnamed.whole
    assert "utmos" in unnamed.unavailable


def test_metrics_that_nobody_named_are_a_number():
    reasons = {
        "a": "no a.bin in /w: nscbench weights get a",
        "b": "no b.bin in /w: nscbench weights get b",
    }
    assert list(left_out((), reasons)) == [
        "2 metrics need weights: nscbench weights get NAME; nscbench doctor names them"
    ]
    assert list(left_out((), reasons | {"c": "no hama: pip install hama"})) == [
        "2 metrics need weights: nscbench weights get NAME; nscbench doctor names them",
        "1 more metric cannot run here: nscbench doctor says why",
    ]
    assert list(left_out((), {"c": "no hama"})) == [
        "1 metric cannot run here: nscbench doctor says why"
    ]


@pytest.mark.parametrize("name", suite_names())
def test_what_a_shipped_suite_demands_comes_with_every_installation(name):
    """What needs a download or a package that no installation must have is optional there."""
    demanded = [codec for codec in load_suite(name).codecs if not optional(name, codec.name)]
    assert not load_suite(name).not_run
    for codec in demanded:
        assert codec.checkpoint is None
        folder = type(codec).__module__.split(".")[-2]
        assert folder in ("controls", "neural") or codec.name in ("codec2", "lc3")


def optional(suite, codec):
    tables = tomllib.loads((FOLDER / f"{suite}.toml").read_text("utf-8"))["condition"]
    return any(table["codec"] == codec and table.get("optional") for table in tables)


def test_without_a_metric_the_metrics_are_told(tmp_path, monkeypatch):
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path / "none"))
    absent = "[[condition]]\ncodec = 'x'\nkbps = 1\nsample_rate = 16000\ndecoded = 'no'\n"
    with pytest.raises(SuiteError) as raised:
        load_suite(write(tmp_path, "metrics = ['utmos']\n" + PCM + absent))
    first, second = str(raised.value).splitlines()
    assert first.endswith("mine.toml: no metric can run here")
    assert second == "  not run: utmos: need weights: nscbench weights get utmos"


@pytest.mark.parametrize("name", sorted(suite_names()))
def test_every_suite_that_comes_with_nscbench_loads(name):
    suite = load_suite(name)
    assert suite.title
    assert suite.codecs


@pytest.mark.parametrize("name", ["baselines", "conventional", "grid"])
def test_suites_that_compare_bitrates_have_a_whole_curve_of_opus(name):
    if missing := available()["opus"].unavailable():
        pytest.skip(missing)
    assert sum(codec.name == "opus" for codec in load_suite(name).codecs) >= FEWEST_POINTS


def test_a_label_tells_two_checkpoints_apart(tmp_path):
    first, second = (write_weights(tmp_path, "gan", seed) for seed in (1, 2))
    text = 'metrics = ["si_sdr"]\n'
    for label, weights in (("old", first), ("new", second), ("gone", "no/such.safetensors")):
        text += f'[[condition]]\ncodec = "gan"\nkbps = [1.5, 3]\nlabel = "{label}"\n'
        text += f'weights = "{weights}"\n'
    suite = load_suite(write(tmp_path, text))
    names = ["gan-1.5-old", "gan-3-old", "gan-1.5-new", "gan-3-new"]
    assert [codec.condition for codec in suite.codecs] == names
    assert len({codec.fingerprint for codec in suite.codecs}) == 2
    assert [one.condition for one in suite.not_run] == ["gan-1.5-gone", "gan-3-gone"]
    assert "no weights no/such.safetensors" in suite.not_run[1].reason
    old, new = suite.codecs[1], suite.codecs[3]
    assert header_for(old, 5).condition == "gan-3"
    check_weights(header_for(old, 5), replace(old, label="other"))
    with pytest.raises(BitstreamError, match="made by gan-3 with weights"):
        check_weights(header_for(old, 5), new)


@pytest.mark.parametrize("label", ['"3"', '"a/b"', '""', "7"])
def test_a_label_must_be_a_word(tmp_path, label):
    text = f'[[condition]]\ncodec = "pcm"\nlabel = {label}\n'
    if label == '""':
        assert load_suite(write(tmp_path, text)).codecs[0].condition == "pcm"
    else:
        with pytest.raises(SuiteError, match="pcm cannot have the label"):
            load_suite(write(tmp_path, text))


def test_conditions_are_isolated_on_request(tmp_path):
    text = '[[condition]]\ncodec = "lowpass"\nkhz = [3.5, 7]\nisolate = true\n' + PCM
    assert load_suite(write(tmp_path, text)).isolated == {"lowpass-3.5", "lowpass-7"}
    with pytest.raises(SuiteError, match="isolate must be true or false, not 1"):
        load_suite(write(tmp_path, PCM + "isolate = 1\n"))


def test_a_pipe_is_no_suite(tmp_path):
    os.mkfifo(tmp_path / "p.toml")
    with pytest.raises(SuiteError, match="is no file"):
        load_suite(str(tmp_path / "p.toml"))
