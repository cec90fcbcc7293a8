"""Published codecs on tiny random checkpoints in the published formats; what all codecs must do is
in `codecs/test_contract.py`, on the same.

The geometry of the payloads (frames a second, bits an index, stages a rate) is what the papers
state: EnCodec 75 Hz x 10 bit, DAC 50 and 75 Hz x 10 bit, Mimi 12.5 Hz x 11 bit, X-Codec 50 Hz x
10 bit, NanoCodec 12.5 Hz x 4 indices of 4032 values, SNAC 82 tokens a second of 12 bit in frames of
2048 samples.
"""

import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from nscbench.benchmarks.cli import main
from nscbench.codecs import CodecError, Unavailable, available, make
from nscbench.codecs.bitstream import BitstreamError, check_weights, header_for, pack, unpack
from nscbench.codecs.noise import Noise
from nscbench.codecs.weights.published_checkpoints import load_transformers
from support.tiny_checkpoints import write_checkpoint
from support.unpinned import put_in_place

pytest.importorskip("transformers", reason="needs the extra `published`")

STATED = {  # frames a second, bits an index, stages by kbit/s
    "encodec": (75, 10, {1.5: 2, 3: 4, 6: 8, 12: 16}),
    "dac-16k": (50, 10, {1.5: 3, 3: 6, 6: 12}),
    "dac-24k": (75, 10, {1.5: 2, 3: 4, 6: 8, 12: 16, 24: 32}),
    "mimi": (12.5, 11, {0.55: 4, 1.1: 8, 2.2: 16, 4.4: 32}),
    "xcodec": (50, 10, {0.5: 1, 1: 2, 1.5: 3, 2: 4, 4: 8}),
    "nanocodec": (12.5, 12, {0.6: 4}),
    "snac": (24_000 / 2048, 12, {0.98: 7}),
}
POINTS = [(name, ends(rates)) for name, (_, _, rates) in STATED.items() for ends in (min, max)]


@pytest.fixture(scope="module")
def checkpoints(stand_in_checkpoints):
    folders = {n: available()[n].checkpoint.name for n in STATED}
    return {name: str(stand_in_checkpoints / folder) for name, folder in folders.items()}


@pytest.fixture(scope="module", params=STATED)
def codec(request, checkpoints):
    lowest = min(STATED[request.param][2])
    return make(request.param, {"kbps": lowest, "weights": checkpoints[request.param]})


@pytest.fixture(scope="module")
def items(codec, speech_like):
    lengths = (0.313, 0.117, 0.271)
    return [
        torch.from_numpy(speech_like(seconds, codec.sample_rate, seed))
        for seed, seconds in enumerate(lengths)
    ]


@pytest.fixture(scope="module")
def payloads(codec, items):
    return codec.encode(items)


@pytest.mark.parametrize(("name", "kbps"), POINTS)
def test_payloads_hold_the_indices_in_their_true_width(name, kbps, checkpoints, speech_like):
    frames_per_second, bits, rates = STATED[name]
    codec = make(name, {"kbps": kbps, "weights": checkpoints[name]})
    # the names of conditions state SNAC's 0.984 as its authors do
    assert kbps == pytest.approx(frames_per_second * bits * rates[kbps] / 1000, abs=0.005)
    frames = round(0.8 * frames_per_second)  # whole ones, but for SNAC
    samples = round(frames * codec.sample_rate / frames_per_second)
    (payload,) = codec.encode([torch.from_numpy(speech_like(0.8, codec.sample_rate))[:samples]])
    assert len(payload) == -(-frames * bits * rates[kbps] // 8)
    (signal,) = codec.decode([payload], Noise([1]))
    assert len(signal) == samples
    assert codec.condition == f"{name}-{kbps:g}"
    assert codec.nominal_kbps == kbps


def test_decoded_signals_depend_on_the_indices(codec, items, payloads):
    """The tiny networks do not code all alike: two items give other bytes and other signals."""
    assert len(set(payloads)) == 3
    decoded = codec.decode(payloads[:2], Noise([1, 2]))
    shortest = min(map(len, decoded))
    assert not torch.equal(decoded[0][:shortest], decoded[1][:shortest])


def test_library_codes_the_same(codec, items, checkpoints):
    """What the model of transformers gives when it is called as its documentation calls it."""
    if codec.library != "transformers":
        pytest.skip("see the tests of each other library")
    import transformers

    model = getattr(transformers, codec.architecture).from_pretrained(checkpoints[codec.name])
    frames = -(-len(items[0]) // codec.geometry.hop)
    audio = torch.zeros(1, 1, frames * codec.geometry.hop)
    audio[0, 0, : len(items[0])] = items[0]
    settings = {
        "encodec": {"bandwidth": float(codec.kbps)},
        "dac-16k": {"n_quantizers": codec.stages},
        "dac-24k": {"n_quantizers": codec.stages},
        "mimi": {"num_quantizers": codec.stages},
        "xcodec": {"bandwidth": codec.kbps},
    }[codec.name]
    with torch.no_grad():
        codes = model.encode(audio, **settings).audio_codes
        arguments = {"audio_scales": [None]} if codec.name == "encodec" else {}
        expected = model.decode(audio_codes=codes, **arguments).audio_values.reshape(-1)
    (signal,) = codec.decode(codec.encode([items[0]]), Noise([1]))
    assert torch.equal(signal[: len(expected)], expected)
    assert 0 <= len(signal) - len(expected) <= 8
    assert not signal[len(expected) :].any()


def test_payloads_that_are_no_whole_number_of_frames_are_refused(codec, payloads):
    bits = codec.stages * (codec.geometry.entries - 1).bit_length()
    whole = {-(-frames * bits // 8) for frames in range(1000)}
    broken = [size for size in range(len(payloads[0])) if size not in whole]
    assert broken
    for size in broken[-3:]:
        with pytest.raises(BitstreamError, match="not a whole number of frames"):
            codec.decode([payloads[0][:size]], Noise([1]))


def test_bitstreams_of_other_weights_are_refused(tmp_path, checkpoints):
    codec = make("encodec", {"kbps": 1.5, "weights": checkpoints["encodec"]})
    other = dataclasses.replace(codec, weights=write_checkpoint(tmp_path, "encodec", seed=1))
    header, _ = unpack(pack(header_for(codec, 1), b""))
    check_weights(header, codec)
    with pytest.raises(BitstreamError, match="the weights here are"):
        check_weights(header, other)


def test_fingerprint_is_of_weights_and_configuration(tmp_path, checkpoints):
    codec = make("mimi", {"weights": checkpoints["mimi"]})
    digests = [
        hashlib.sha256((Path(checkpoints["mimi"]) / name).read_bytes()).hexdigest()
        for name in ("config.json", "model.safetensors")
    ]
    assert codec.fingerprint == hashlib.sha256("".join(digests).encode()).hexdigest()


def test_what_is_missing_is_said_with_the_place_and_the_command(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path / "weights"))
    for name in STATED:
        weights = available()[name].checkpoint
        with pytest.raises(Unavailable) as raised:
            make(name, {})
        files = ", ".join(weights.files)
        home = tmp_path / "weights" / weights.name
        assert f"no {files} in {home}: nscbench weights get {weights.name}" in str(raised.value)
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "config.json").write_text("{}")
    with pytest.raises(Unavailable, match=r"half has no model\.safetensors"):
        make("encodec", {"weights": str(tmp_path / "half")})
    with pytest.raises(Unavailable, match="no folder nowhere"):
        make("encodec", {"weights": "nowhere"})
    with pytest.raises(Unavailable, match=r"no config\.json and no .* of an/other in .*/other or"):
        make("encodec", {"weights": "an/other"})


def test_checkpoints_are_found_by_the_hubs_name(tmp_path, monkeypatch, checkpoints):
    """In the folder of all weights, and in the cache as the hub lays it out."""
    put_in_place(monkeypatch, tmp_path)
    (tmp_path / "encodec_24khz").symlink_to(checkpoints["encodec"])
    local = make("encodec", {"weights": checkpoints["encodec"]})
    assert make("encodec", {}).fingerprint == local.fingerprint

    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    repository = tmp_path / "cache" / "models--kyutai--mimi"
    commit = available()["mimi"].checkpoint.url.rpartition("/")[2]
    (repository / "snapshots").mkdir(parents=True)
    (repository / "snapshots" / commit).symlink_to(checkpoints["mimi"])
    cached, local = make("mimi", {}), make("mimi", {"weights": checkpoints["mimi"]})
    assert cached.fingerprint == local.fingerprint


def test_checkpoints_that_code_something_else_are_refused(tmp_path, checkpoints):
    audio = [torch.zeros(4800)]
    with pytest.raises(CodecError, match="holds a mimi model, not one of EncodecModel"):
        make("encodec", {"weights": checkpoints["mimi"]}).encode(audio)
    with pytest.raises(CodecError, match="codes at 16000 Hz with 12 stages .* needs 24000 Hz"):
        make("dac-24k", {"weights": checkpoints["dac-16k"]}).encode(audio)
    few = write_checkpoint(tmp_path, "mimi", seed=2, num_quantizers=8)
    with pytest.raises(CodecError, match="with 8 stages of 2048 .* mimi-2.2 needs .* 16 stages"):
        make("mimi", {"kbps": 2.2, "weights": few}).encode(audio)
    loud = write_checkpoint(tmp_path, "encodec", seed=2, normalize=True)
    with pytest.raises(CodecError, match="is not the mono EnCodec without normalization"):
        make("encodec", {"weights": loud}).encode(audio)


def test_damaged_checkpoints_are_refused(tmp_path):
    from safetensors.torch import load_file, save_file

    path = Path(write_checkpoint(tmp_path, "encodec", seed=3)) / "model.safetensors"
    tensors = load_file(path)
    lost = sorted(name for name in tensors if name.startswith("decoder"))[0]
    del tensors[lost]
    save_file(tensors, path, {"format": "pt"})
    codec = make("encodec", {"weights": str(path.parent)})
    with pytest.raises(CodecError, match=f"lacks 1 tensors, such as {lost}"):
        codec.encode([torch.zeros(4800)])
    path.write_bytes(path.read_bytes()[:1000])
    (path.parent / "again").mkdir()
    for file in path.parent.glob("*.*"):
        (path.parent / "again" / file.name).write_bytes(file.read_bytes())
    (path.parent / "config.json").write_text("{}")
    with pytest.raises(CodecError, match=r"config\.json cannot be read"):
        load_transformers(path.parent, "MimiModel", "cpu")
    with pytest.raises(CodecError, match="cannot be loaded"):
        make("encodec", {"weights": str(path.parent / "again")}).encode([torch.zeros(4800)])


@pytest.mark.slow
def test_a_run_measures_them_at_their_own_rates(tmp_path, checkpoints):
    """24 kHz and 16 kHz codecs on 16 kHz recordings: the runner resamples."""
    (tmp_path / "items").mkdir()
    audio = 0.1 * np.random.default_rng(0).normal(size=16_000)
    soundfile.write(tmp_path / "items" / "a.flac", audio, 16_000)
    lines = ['metrics = ["si_sdr"]']
    for name, kbps in (("encodec", 3), ("dac-16k", 3), ("mimi", 1.1)):
        lines += ["[[condition]]", f'codec = "{name}"', f"kbps = {kbps}"]
        lines += [f'weights = "{checkpoints[name]}"']
    (tmp_path / "suite.toml").write_text("\n".join(lines))
    out = tmp_path / "run"
    arguments = ["--out", str(out), "--items", str(tmp_path / "items"), "--workers", "1"]
    assert main(["run", str(tmp_path / "suite.toml"), *arguments]) == 0
    manifest = json.loads((out / "manifest.json").read_text())
    assert [c["sample_rate"] for c in manifest["conditions"]] == [24_000, 16_000, 24_000]
    header, payload = unpack((out / "streams" / "encodec-3" / "a.nsc").read_bytes())
    assert header.samples == 24_000
    assert len(payload) == 75 * 4 * 10 / 8
