"""Recordings on disk, and what is said of those that are none."""

import hashlib
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from nscbench.codecs.audio.reading import AudioError, inspect, read_audio
from support.recordings import tone, wav


@pytest.mark.parametrize("rate", [8000, 11_025, 16_000, 44_100, 48_000])
def test_read_audio_at_any_rate(tmp_path: Path, rate: int) -> None:
    signal, found, notices = read_audio(wav(tmp_path / "ein ton ♪.wav", rate))
    assert (found, notices, signal.dtype) == (rate, (), np.float64)
    np.testing.assert_allclose(signal, tone(rate=rate), atol=2**-15)


def test_stereo_is_mixed_down_with_a_notice(tmp_path: Path) -> None:
    stereo = np.stack([tone(), 0.2 * tone()], axis=1)
    soundfile.write(tmp_path / "s.wav", stereo, 16_000, subtype="FLOAT")
    signal, _, notices = read_audio(tmp_path / "s.wav")
    np.testing.assert_allclose(signal, 0.6 * tone(), atol=1e-7)
    assert len(notices) == 1
    assert "2 channels" in notices[0]


def test_overfull_scale_is_scaled_not_clipped(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "loud.wav", 4 * tone(), 16_000, subtype="FLOAT")
    signal, _, notices = read_audio(tmp_path / "loud.wav")
    assert np.abs(signal).max() == 1.0
    np.testing.assert_allclose(signal, tone() / np.abs(tone()).max(), atol=1e-6)
    assert "+6.0" in notices[0]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_samples_that_are_no_numbers(tmp_path: Path, value: float) -> None:
    signal = tone(1.0)
    signal[8000] = value
    soundfile.write(tmp_path / "n.wav", signal, 16_000, subtype="FLOAT")
    with pytest.raises(AudioError, match=r"n\.wav: 1 samples .* 0\.500 s"):
        read_audio(tmp_path / "n.wav")


def test_cut_off_recordings(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 32_000)
    for suffix, cause in ((".flac", "cut off"), (".mp3", "cut off")):
        whole, cut = tmp_path / f"whole{suffix}", tmp_path / f"cut{suffix}"
        soundfile.write(whole, noise, 16_000)
        cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        with pytest.raises(AudioError, match=cause):
            read_audio(cut)


def test_header_that_lies_about_its_length(tmp_path: Path) -> None:
    """2**36 - 1 samples promised: refused by what is there, not by running out of memory."""
    path = tmp_path / "liar.flac"
    soundfile.write(path, tone(), 16_000)
    data = bytearray(path.read_bytes())
    data[21] |= 0x0F
    data[22:26] = b"\xff" * 4
    path.write_bytes(data)
    with pytest.raises(AudioError, match="liar"):
        read_audio(path)


def test_ten_milliseconds_and_ten_minutes(tmp_path: Path) -> None:
    assert len(read_audio(wav(tmp_path / "short.wav", seconds=0.01))[0]) == 160
    minutes = wav(tmp_path / "long.flac", rate=8000, seconds=600)
    assert len(read_audio(minutes)[0]) == 4_800_000
    shutil.rmtree(tmp_path)


def test_folder_instead_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "d.wav").mkdir()
    with pytest.raises(AudioError, match=r"d\.wav: Is a directory"):
        read_audio(tmp_path / "d.wav")


def test_a_header_is_read_without_its_samples(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", rate=8000, seconds=0.5)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert inspect(path) == (0.5, 8000, digest)


def test_what_cannot_be_inspected_has_its_cause(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.flac").write_text("not audio at all " * 50)
    soundfile.write(tmp_path / "none.wav", np.zeros(0), 16_000)
    for name, cause in (
        ("empty.wav", "is empty"),
        ("text.flac", "not audio that is read here"),
        ("none.wav", "holds no samples"),
        ("gone.wav", "No such file or directory"),
    ):
        with pytest.raises(AudioError, match=f"{name}: {cause}"):
            inspect(tmp_path / name)


def test_what_is_no_file_is_named_and_waits_for_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.wav")
    for read in (inspect, read_audio):
        with pytest.raises(AudioError, match=r"p\.wav: is a named pipe, not a file"):
            read(tmp_path / "p.wav")
        with pytest.raises(AudioError, match=r"null: is a device, not a file"):
            read(Path("/dev/null"))


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav"))
    soundfile.write(os.fsencode(path), tone(), 16_000)
    assert len(read_audio(path)[0]) == 1600


@pytest.mark.parametrize("name", ["a.raw", "a.RAW", "a.mp3", "a.vox", "a.gsm", "a"])
def test_no_name_tells_what_a_file_holds(tmp_path: Path, name: str) -> None:
    soundfile.write(
        tmp_path / name, np.sin(np.arange(1600) / 10) / 2, 16_000, "PCM_16", format="WAV"
    )
    signal, rate, notices = read_audio(tmp_path / name)
    assert (len(signal), rate, notices) == (1600, 16_000, ())
    assert inspect(tmp_path / name).seconds == 0.1
