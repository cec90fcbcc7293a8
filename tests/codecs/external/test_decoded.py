"""Folders of decoded audio."""

import os

import numpy as np
import pytest
import soundfile
import torch

from nscbench.codecs import CodecError, make
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
    payloads = codec.encode_items(["b_c", "a"], [signal, signal])
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
    write("stereo.wav", np.stack([signal.numpy()] * 2, 1))
    codec = make("theirs", {"decoded": str(tmp_path), "kbps": 3, "sample_rate": RATE})
    for item, message in {
        "short": "short.wav is 0.100 s long, its recording 0.200 s; less than 100 ms may differ",
        "long": "long.wav is 0.300 s long",
        "slow": "slow.wav is at 8000 Hz, declared are 16000 Hz",
        "twice": "twice.flac and twice.wav in .*, expected is twice.wav or .flac",
        "stereo": "stereo.wav has 2 channels",
        "absent": "nothing in .*, expected is absent.wav or .flac",
    }.items():
        with pytest.raises(CodecError, match=message):
            codec.encode_items([item], [signal])


def test_what_is_no_file_fails_its_own_item_by_name(tmp_path, signal):
    soundfile.write(tmp_path / "good.wav", signal.numpy(), RATE)
    (tmp_path / "dangling.wav").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.wav").symlink_to(tmp_path / "loop.wav")
    (tmp_path / "folder.wav").mkdir()
    os.mkfifo(tmp_path / "pipe.flac")
    (tmp_path / "text.wav").write_text("no audio")
    codec = make("theirs", {"decoded": str(tmp_path), "kbps": 3, "sample_rate": RATE})
    assert len(codec.fingerprint) == 64
    assert codec.encode_items(["good"], [signal])
    for item, message in {
        "dangling": "dangling.wav is a link to nothing",
        "loop": "loop.wav is a link to nothing",
        "folder": "folder.wav is a folder",
        "pipe": "pipe.flac is no regular file",
        "text": "text.wav is not audio",
    }.items():
        with pytest.raises(CodecError, match=message):
            codec.encode_items([item], [signal])


def test_the_folders_content_is_its_identity(tmp_path, signal):
    settings = {"decoded": str(tmp_path), "kbps": 3, "sample_rate": RATE}
    soundfile.write(tmp_path / "a.wav", signal.numpy(), RATE)
    found = {make("theirs", settings).fingerprint}
    soundfile.write(tmp_path / "a.wav", -signal.numpy(), RATE)
    found.add(make("theirs", settings).fingerprint)
    (tmp_path / "a.wav").rename(tmp_path / "b.wav")
    found.add(make("theirs", settings).fingerprint)
    assert len(found) == 3
