"""Folders of decoded audio."""

import os

import numpy as np
import pytest
import soundfile
import torch

from nscbench.codecs import CodecError, make
from nscbench.codecs.audio.reading import read_audio
from nscbench.codecs.noise import Noise
from support.programs import RATE


def test_decoded_files_are_found_by_their_items(tmp_path, signal):
    folder = tmp_path / "decoded"
    (folder / "b").mkdir(parents=True)
    soundfile.write(folder / "a.wav", signal.numpy(), RATE, "PCM_16")
    soundfile.write(folder / "b" / "c.flac", 0.5 * signal.numpy()[:-40], RATE, "PCM_16")
    codec = make(
        "theirs", {"decoded": "decoded", "kbps": 3, "sample_rate": RATE, "folder": str(tmp_path)}
    )
    assert (codec.condition, codec.bitrate) == ("theirs-3", "stated")
    encoded = codec.encode_items(["b_c", "a"], [signal, signal], [1, 1])
    assert [one.notices for one in encoded] == [
        ("decoded audio is 40 samples short: silence added",),
        (),
    ]
    payloads = [one.payload for one in encoded]
    short, whole = codec.decode(payloads, Noise([1, 2]))
    assert torch.allclose(whole, signal, atol=1 / 32768)
    assert torch.allclose(short[:-40], 0.5 * signal[:-40], atol=1 / 32768)
    assert not short[-40:].any()
    with pytest.raises(CodecError, match="it encodes nothing"):
        codec.encode([signal])


def test_decoded_files_that_do_not_fit_are_refused(tmp_path, signal):
    write = lambda name, audio, rate=RATE: soundfile.write(tmp_path / name, audio, rate)  # noqa: E731
    write("short.wav", signal.numpy()[: -RATE // 10])
    write("long.wav", np.concatenate([signal.numpy(), np.zeros(RATE // 10)]))
    write("slow.wav", signal.numpy(), 8000)
    write("twice.wav", signal.numpy())
    write("twice.flac", signal.numpy())
    codec = make("theirs", {"decoded": str(tmp_path), "kbps": 3, "sample_rate": RATE})
    for item, message in {
        "short": "0.100 s long, its recording 0.200 s; less than 100 ms may differ .*/short.wav",
        "long": "is 0.300 s long, .*/long.wav",
        "slow": "slow.wav is at 8000 Hz, declared are 16000 Hz",
        "twice": "twice.flac and twice.wav in .*, expected is twice.wav or .flac",
        "absent": "nothing in .*, expected is absent.wav or .flac",
    }.items():
        with pytest.raises(CodecError, match=message):
            codec.encode_items([item], [signal], [1])


def test_channels_are_mixed_down_as_those_of_a_recording(tmp_path, signal):
    stereo = np.stack([signal.numpy(), 0.5 * signal.numpy()], 1)
    soundfile.write(tmp_path / "a.wav", stereo, RATE)
    ((payload, notices),) = decoded_of(tmp_path).encode_items(["a"], [signal], [1])
    assert notices == ("decoded audio: 2 channels mixed down to their mean",)
    recording, _, _ = read_audio(tmp_path / "a.wav")
    np.testing.assert_allclose(np.frombuffer(payload, "<i2") / 32768, recording, atol=2**-16)


def test_what_is_no_file_fails_its_own_item_by_name(tmp_path, signal):
    soundfile.write(tmp_path / "good.wav", signal.numpy(), RATE)
    (tmp_path / "dangling.wav").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.wav").symlink_to(tmp_path / "loop.wav")
    (tmp_path / "folder.wav").mkdir()
    os.mkfifo(tmp_path / "pipe.flac")
    (tmp_path / "text.wav").write_text("no audio")
    codec = make("theirs", {"decoded": str(tmp_path), "kbps": 3, "sample_rate": RATE})
    assert len(codec.fingerprint) == 64
    assert codec.encode_items(["good"], [signal], [1.0])
    for item, message in {
        "dangling": "dangling.wav: No such file or directory",
        "loop": "loop.wav: Too many levels of symbolic links",
        "folder": "expected is folder.wav",
        "pipe": "pipe.flac: is a named pipe",
        "text": "text.wav: ",
    }.items():
        with pytest.raises(CodecError, match=message):
            codec.encode_items([item], [signal], [1.0])


def test_the_folders_content_is_its_identity(tmp_path, signal):
    settings = {"decoded": str(tmp_path), "kbps": 3, "sample_rate": RATE}
    soundfile.write(tmp_path / "a.wav", signal.numpy(), RATE)
    found = {make("theirs", settings).fingerprint}
    soundfile.write(tmp_path / "a.wav", -signal.numpy(), RATE)
    found.add(make("theirs", settings).fingerprint)
    (tmp_path / "a.wav").rename(tmp_path / "b.wav")
    found.add(make("theirs", settings).fingerprint)
    assert len(found) == 3


def decoded_of(folder, **settings):
    return make("theirs", {"decoded": str(folder), "kbps": 3, "sample_rate": RATE} | settings)


def test_every_format_is_read_and_the_rest_told(tmp_path, signal):
    (tmp_path / "linked").mkdir()
    (tmp_path / "decoded").mkdir()
    for name, container in (("a.aiff", "AIFF"), ("b.w64", "W64"), ("c.caf", "CAF"), ("d.au", "AU")):
        soundfile.write(tmp_path / "decoded" / name, signal.numpy(), RATE, format=container)
    soundfile.write(tmp_path / "linked" / "e.wav", signal.numpy(), RATE)
    (tmp_path / "decoded" / "l").symlink_to("../linked")
    for name in ("f.m4a", "g.m4a", "h.m4a", "i.m4a", "j.webm"):
        (tmp_path / "decoded" / name).write_bytes(b"anything")
    codec = decoded_of(tmp_path / "decoded")
    items = ["a", "b", "c", "d", "l_e"]
    encoded = codec.encode_items(items, [signal] * 5, [1] * 5)
    assert len({one.payload for one in encoded}) == 1
    assert codec.remarks(items) == [
        "left out: 4 .m4a (f.m4a, g.m4a, h.m4a, ...)",
        "left out: 1 .webm (j.webm)",
    ]
    assert codec.remarks(["a", "b", "c", "x", "y"])[2:] == [
        f"left out: 2 called as no item ({tmp_path}/decoded/d.au, {tmp_path}/decoded/l/e.wav)",
        "2 of 5 items have no file (x, y)",
    ]


def test_names_are_matched_as_they_look(tmp_path, signal):
    composed, apart = "gr\u00f6\u00dfe", "gro\u0308\u00dfe"
    soundfile.write(tmp_path / f"{apart}.wav", signal.numpy(), RATE)
    soundfile.write(os.fsencode(tmp_path) + b"/caf\xe9.wav", signal.numpy(), RATE)
    codec = decoded_of(tmp_path)
    for name in (composed, apart):
        assert codec.encode_items([name], [signal], [1])
    matched, strange = codec.remarks([composed])
    assert matched.startswith("1 names were matched in Unicode's form NFC")
    assert "1 whose names are not UTF-8" in strange
    assert "caf\\xe9.wav" in strange
    assert len(codec.fingerprint) == 64


def test_a_missing_file_is_found_before_its_recording_is_read(tmp_path):
    codec = decoded_of(tmp_path)
    assert "expected is x.wav or .flac" in codec.lacking_items(["x"])
    (tmp_path / "x.wav").touch()
    assert decoded_of(tmp_path).lacking_items(["x"]) == ""


def test_the_level_is_that_of_the_recording(tmp_path, signal):
    """A recording with a peak of 1.5, scaled by 2/3: so is what was decoded from it."""
    loud = 1.5 * signal.numpy() / np.abs(signal.numpy()).max()
    for name, gain in (("same", 1), ("half", 0.5), ("clipped", None), ("louder", 2)):
        audio = np.clip(loud, -1, 1) if gain is None else gain * loud
        soundfile.write(tmp_path / f"{name}.wav", audio, RATE, "FLOAT")
    names = ["same", "half", "clipped", "louder"]
    encoded = decoded_of(tmp_path).encode_items(names, [signal] * 4, [1 / 1.5] * 4)
    same, half, clipped, louder = (np.frombuffer(one.payload, "<i2") / 32768 for one in encoded)
    np.testing.assert_allclose(same, loud / 1.5, atol=2**-15)
    np.testing.assert_allclose(half, loud / 3, atol=2**-15)
    np.testing.assert_allclose(clipped, np.clip(loud, -1, 1) / 1.5, atol=2**-15)
    np.testing.assert_allclose(louder, loud / 1.5, atol=2**-15)
    scaled = "decoded audio: scaled as its recording was"
    assert [one.notices for one in encoded] == [
        (scaled,),
        (scaled,),
        (scaled,),
        (scaled, "decoded audio: peak of +6.02 dBFS scaled down to full scale"),
    ]
