"""`nscbench encode` and `decode` on whatever a user may give them."""

import subprocess
import sys

import numpy as np
import pytest
import soundfile

from nscbench.benchmarks.cli import main


def tone(seconds, rate, channels=1):
    """A 440 Hz tone with a raised-cosine envelope, [T] or [T, channels]."""
    time = np.arange(round(seconds * rate)) / rate
    signal = 0.3 * np.sin(2 * np.pi * 440 * time) * np.sin(np.pi * time / seconds) ** 2
    return signal if channels == 1 else np.stack([signal] * channels, 1)


def code(tmp_path, codec, source, name="out.nsc"):
    """Exit statuses of encode and decode, and the decoded file's path."""
    stream, decoded = tmp_path / name, tmp_path / "decoded.wav"
    encoded = main(["encode", codec, str(source), str(stream)])
    return encoded, main(["decode", str(stream), str(decoded)]), decoded


def test_a_stream_decodes_in_a_process_that_has_only_the_file(tmp_path):
    soundfile.write(tmp_path / "in.wav", tone(1, 16_000), 16_000)
    assert main(["encode", "mnru-20", str(tmp_path / "in.wav"), str(tmp_path / "s.nsc")]) == 0
    (tmp_path / "in.wav").unlink()
    (tmp_path / "x").mkdir()
    other = tmp_path / "x" / "x.nsc"  # the name of the file must not matter
    other.write_bytes((tmp_path / "s.nsc").read_bytes())
    command = [sys.executable, "-m", "nscbench.benchmarks.cli", "decode", other, "out.wav"]
    subprocess.run(command, cwd=tmp_path / "x", check=True)
    assert main(["decode", str(tmp_path / "s.nsc"), str(tmp_path / "here.wav")]) == 0
    assert (tmp_path / "x/out.wav").read_bytes() == (tmp_path / "here.wav").read_bytes()
    assert len(soundfile.read(tmp_path / "x/out.wav")[0]) == 16_000


@pytest.mark.parametrize("rate", [8000, 11_025, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_rate_and_stereo_with_a_notice(tmp_path, capsys, rate, channels):
    source = tmp_path / "Grüße, Welt 你好.flac"
    soundfile.write(source, tone(1, rate, channels), rate)
    encoded, decoded, path = code(tmp_path, "pcm", source, name="ein Strom.nsc")
    assert (encoded, decoded) == (0, 0)
    notices = capsys.readouterr().err
    assert f"resampled from {rate} to 16000 Hz" in notices
    assert ("2 channels mixed down" in notices) == (channels == 2)
    audio, out_rate = soundfile.read(path)
    assert out_rate == 16_000
    assert np.abs(audio - tone(1, 16_000)).max() < 2e-3


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"not audio at all, but some bytes", b"fLaC" + bytes(100)]
)
def test_what_is_not_audio_is_named(tmp_path, capsys, content):
    source = tmp_path / "in.wav"
    source.write_bytes(content)
    assert main(["encode", "pcm", str(source), str(tmp_path / "out.nsc")]) == 2
    message = capsys.readouterr().err
    assert str(source) in message
    assert len(message.splitlines()) == 1
    assert not (tmp_path / "out.nsc").exists()


def test_what_is_no_bitstream_is_not_read_to_its_end(tmp_path, capsys):
    assert main(["decode", "/dev/zero", str(tmp_path / "o.wav")]) == 2
    assert capsys.readouterr().err.startswith("nscbench: /dev/zero: not an nscbench bitstream")


def test_missing_and_unwritable_files_are_named(tmp_path, capsys):
    soundfile.write(tmp_path / "in.wav", tone(0.1, 16_000), 16_000)
    assert main(["encode", "pcm", str(tmp_path / "no.wav"), str(tmp_path / "o.nsc")]) == 2
    assert "no.wav" in capsys.readouterr().err
    (tmp_path / "file").write_bytes(b"")
    target = str(tmp_path / "file" / "o.nsc")
    assert main(["encode", "pcm", str(tmp_path / "in.wav"), target]) == 2
    assert "file" in capsys.readouterr().err
    assert main(["decode", str(tmp_path / "no.nsc"), str(tmp_path / "o.wav")]) == 2
    assert "no.nsc" in capsys.readouterr().err


def test_nan_in_a_recording_is_refused(tmp_path, capsys):
    audio = tone(0.1, 16_000)
    audio[70] = np.nan
    soundfile.write(tmp_path / "in.wav", audio, 16_000, subtype="FLOAT")
    assert main(["encode", "pcm", str(tmp_path / "in.wav"), str(tmp_path / "o.nsc")]) == 2
    assert "NaN" in capsys.readouterr().err


def test_damaged_streams_are_refused_byte_by_byte(tmp_path, capsys):
    soundfile.write(tmp_path / "in.wav", tone(0.004, 16_000), 16_000)
    stream, target = tmp_path / "s.nsc", tmp_path / "o.wav"
    assert main(["encode", "pcm", str(tmp_path / "in.wav"), str(stream)]) == 0
    whole = stream.read_bytes()
    damaged = [whole[:n] for n in range(len(whole))]
    damaged += [whole[:n] + bytes([whole[n] ^ 1]) + whole[n + 1 :] for n in range(len(whole))]
    for content in damaged:
        stream.write_bytes(content)
        capsys.readouterr()
        assert main(["decode", str(stream), str(target)]) == 2
        message = capsys.readouterr().err
        assert message.startswith(f"nscbench: {stream}: ")
        assert len(message.splitlines()) == 1
    assert not target.exists()


def test_an_unknown_codec_lists_what_there_is(tmp_path, capsys):
    assert main(["encode", "mp7-3", "in.wav", "out.nsc"]) == 2
    assert "no codec is called 'mp7-3'; there are: " in capsys.readouterr().err


def test_an_output_that_is_the_input_is_refused(tmp_path, capsys):
    recording = tmp_path / "a.wav"
    soundfile.write(recording, tone(0.1, 16_000), 16_000)
    before = recording.read_bytes()
    (tmp_path / "hard.nsc").hardlink_to(recording)
    for output in (recording, tmp_path / "hard.nsc"):
        assert main(["encode", "pcm", str(recording), str(output)]) == 2
        assert str(output) in capsys.readouterr().err
        assert recording.read_bytes() == before
    assert main(["encode", "pcm", str(recording), str(tmp_path / "a.nsc")]) == 0
    stream = (tmp_path / "a.nsc").read_bytes()
    (tmp_path / "a").symlink_to("a.nsc")
    assert main(["decode", str(tmp_path / "a.nsc"), str(tmp_path / "a")]) == 2
    assert (tmp_path / "a.nsc").read_bytes() == stream


def test_the_suffix_is_what_is_written(tmp_path, capsys):
    soundfile.write(tmp_path / "a.wav", tone(0.1, 16_000), 16_000)
    assert main(["encode", "pcm", str(tmp_path / "a.wav"), str(tmp_path / "a.nsc")]) == 0
    for name, container in (("x.wav", "WAV"), ("x.FLAC", "FLAC"), ("x", "WAV")):
        assert main(["decode", str(tmp_path / "a.nsc"), str(tmp_path / name)]) == 0
        assert soundfile.info(tmp_path / name).format == container
    capsys.readouterr()
    assert main(["decode", str(tmp_path / "a.nsc"), str(tmp_path / "x.mp3")]) == 2
    assert "what is written is no .mp3; allowed are .wav, .wave, .flac" in capsys.readouterr().err
    assert main(["encode", "pcm", str(tmp_path / "a.wav"), str(tmp_path / "a.opus")]) == 2
    assert "what is written is no .opus; allowed are .nsc" in capsys.readouterr().err
    assert not (tmp_path / "x.mp3").exists()
    assert not (tmp_path / "a.opus").exists()


@pytest.mark.slow
def test_through_standard_output(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(0.1, 16_000), 16_000)
    command = [sys.executable, "-m", "nscbench.benchmarks.cli"]
    encoded = subprocess.run(
        [*command, "encode", "pcm", tmp_path / "a.wav", "/dev/stdout"],
        capture_output=True,
        check=True,
    )
    (tmp_path / "a.nsc").write_bytes(encoded.stdout)
    assert b"/dev/stdout: pcm, 0.10 s" in encoded.stderr
    assert main(["decode", str(tmp_path / "a.nsc"), str(tmp_path / "b.wav")]) == 0
    assert len(soundfile.read(tmp_path / "b.wav")[0]) == 1600
