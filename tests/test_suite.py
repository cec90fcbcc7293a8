import pytest

from nscbench.benchmarks.suite import SuiteError, load, names
from nscbench.codecs import available
from nscbench.reports.bd_rate import FEWEST_POINTS


def write(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    return str(path)


def test_lists_are_grids(tmp_path):
    suite = load(
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


PCM = '[[condition]]\ncodec = "pcm"\n'


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
        (PCM + PCM, "pcm appears twice"),
        ('title = "nothing"', "no condition can run here"),
        ("title = ", "not TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, message):
    with pytest.raises(SuiteError, match="mine.toml.*" + message):
        load(write(tmp_path, text))


def test_unknown_suites_and_files_are_refused(tmp_path):
    with pytest.raises(SuiteError, match="no suite is called 'nope'; there are: .*demo"):
        load("nope")
    with pytest.raises(SuiteError, match="cannot be read"):
        load(str(tmp_path / "absent.toml"))


@pytest.mark.parametrize("name", sorted(names()))
def test_every_suite_that_comes_with_nscbench_loads(name):
    suite = load(name)
    assert suite.title
    assert suite.codecs


@pytest.mark.parametrize("name", ["baselines", "conventional"])
def test_suites_that_compare_bitrates_have_a_whole_curve_of_opus(name):
    if missing := available()["opus"].unavailable():
        pytest.skip(missing)
    assert sum(codec.name == "opus" for codec in load(name).codecs) >= FEWEST_POINTS
