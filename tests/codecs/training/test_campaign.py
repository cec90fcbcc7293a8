from pathlib import Path

import pytest

from nscbench.codecs.base import CodecError
from nscbench.codecs.training.campaign import read_campaign

FILE = """
[[train]]
component = "gan-regression"
minutes = 3

[[train]]
component = "gan"
init = "gan-regression"
learning_rate = 3e-4
steps = 10

[[train]]
component = "vocoder"
name = "vocoder-tuned"
init = "vocoder"
mel_codec = "mel"
steps = 5
"""


def spend(folder: Path, step: int, minutes: float, exported: str = "") -> None:
    """Leave what a training leaves."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = f"step,minutes,audio_seconds,name,value\n{step},{minutes},1,mel,1\n"
    (folder / "train.csv").write_text(rows)
    if exported:
        (folder / f"{exported}.safetensors").touch()


def test_what_is_next_is_seen_in_the_folders(tmp_path: Path):
    (tmp_path / "c.toml").write_text(FILE)
    campaign, out = read_campaign(tmp_path / "c.toml"), tmp_path / "out"
    regression, gan, tuned = campaign.stages
    assert campaign.next(out) == regression
    spend(out / "gan-regression", 700, 1.5, "gan")
    assert regression.progress(out) == 0.5
    assert campaign.next(out) == regression
    spend(out / "gan-regression", 1400, 3.0)
    assert campaign.next(out) == gan
    spend(out / "gan", 10, 0.1)  # killed before its weights were written
    assert campaign.next(out) == gan
    spend(out / "gan", 10, 0.1, "gan")
    assert campaign.next(out) == tuned
    spend(out / "vocoder-tuned", 5, 0.1, "vocoder")
    assert campaign.next(out) is None


def test_a_line_that_a_kill_tore_does_not_count(tmp_path: Path):
    (tmp_path / "c.toml").write_text(FILE)
    stage = read_campaign(tmp_path / "c.toml").stages[0]
    spend(tmp_path / "gan-regression", 700, 1.5)
    with (tmp_path / "gan-regression" / "train.csv").open("a") as file:
        file.write("701,1.")
    assert stage.progress(tmp_path) == 0.5


def test_weights_of_earlier_stages_are_their_files_others_are_embedded(tmp_path: Path):
    (tmp_path / "c.toml").write_text(FILE)
    campaign = read_campaign(tmp_path / "c.toml")
    spend(tmp_path / "gan-regression", 1, 3.0, "gan")
    _, gan, tuned = campaign.stages
    setup = campaign.setup(gan, tmp_path)
    assert setup.init == str(tmp_path / "gan-regression" / "gan.safetensors")
    assert setup.learning_rate == 3e-4
    assert setup.trained == tmp_path
    assert campaign.setup(tuned, tmp_path).mel_codec == "mel"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"has no \[\[train\]\]"),
        ("[train", "c.toml: "),
        ("[[traim]]\n", r"unknown traim; allowed is \[\[train\]\]"),
        (
            "[[train]]\ncomponent = 'gna'\nsteps = 1",
            "no component is called 'gna'; did you mean gan",
        ),
        ("[[train]]\ncomponent = 'gan'", "a budget is either steps or minutes"),
        ("[[train]]\ncomponent = 'gan'\nsteps = 1\nrate = 1", "a training has no rate; it has: "),
        (2 * "[[train]]\ncomponent = 'gan'\nsteps = 1\n", "two trainings are called 'gan'"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, text: str, message: str):
    (tmp_path / "c.toml").write_text(text)
    with pytest.raises(CodecError, match=message):
        read_campaign(tmp_path / "c.toml")


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(CodecError, match="No such file"):
        read_campaign(tmp_path / "gone.toml")


def test_the_example_trains_everything_that_is_embedded():
    example = Path(__file__).parents[3] / "docs" / "examples" / "campaign.toml"
    names = {stage.name for stage in read_campaign(example).stages}
    assert {"gan", "mel", "vocoder", "mbd", "ladiff", "ladiff-autoencoder", "mel2mel"} <= names
    assert {a + "2" + b for a in ("mel", "lat", "wav") for b in ("wav", "mel", "lat")} <= names
