"""What is missing, and what Node does wrong, with small programs in the place of Node; and the
decoders themselves where they are installed.
"""

import json
import os
import subprocess

import numpy as np
import pytest
import torch

from nscbench.codecs import CodecError, Unavailable, get
from nscbench.codecs.bitstream import BitstreamError
from nscbench.codecs.conventional import libopus, opus_neural
from nscbench.codecs.noise import Noise

ABSENT = libopus.missing() or opus_neural.missing()
installed = pytest.mark.skipif(bool(ABSENT), reason=ABSENT)


@pytest.fixture
def node(tmp_path, monkeypatch):
    """`node(body, version)` puts a shell script called node before everything on the path."""

    def written(body="", version="v22.1.0"):
        program = tmp_path / "bin" / "node"
        program.parent.mkdir(exist_ok=True)
        told = f'if [ "$1" = --version ]; then echo {version}; exit; fi'
        program.write_text(f"#!/bin/sh\n{told}\n{body}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
        return program

    return written


@pytest.fixture
def modules(tmp_path, monkeypatch, node):
    """Where packages lie, with a Node that is new enough."""
    node()
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path))
    return tmp_path / "opus-ml" / "node_modules"


def put(modules, name, version):
    (modules / name).mkdir(parents=True)
    (modules / name / "package.json").write_text(json.dumps({"name": name, "version": version}))


def test_without_node_it_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert opus_neural.missing().startswith("Node is missing: install Node 20 or newer")


@pytest.mark.parametrize("version", ["v18.19.1", "v9.0.0", "''", "0.10"])
def test_a_node_that_is_too_old_is_left_out(node, version):
    program = node(version=version)
    assert opus_neural.missing().startswith(f"{program} is Node ")
    assert opus_neural.missing().endswith("; 20 or newer is needed")
    assert "\n" not in opus_neural.missing()


def test_without_the_package_the_command_is_told(modules):
    command = f"npm install --no-save --ignore-scripts --prefix {modules.parent} "
    assert opus_neural.missing() == (
        f"no @wasm-audio-decoders/opus-ml in {modules}: {command}@wasm-audio-decoders/opus-ml@0.0.3"
    )


def test_another_version_is_refused(modules):
    put(modules, opus_neural.NAME, "0.0.2")
    assert f"in {modules} is 0.0.2, not 0.0.3: npm install" in opus_neural.missing()


def test_a_half_installed_package_is_refused(modules):
    put(modules, opus_neural.NAME, opus_neural.VERSION)
    assert f"lacks {', '.join(opus_neural.NEEDED)}: npm install" in opus_neural.missing()
    for name in opus_neural.NEEDED:
        put(modules, name, "1.0.0")
    assert "EmscriptenWasm.js is missing or damaged: rm -r " in opus_neural.missing()
    library = modules / opus_neural.NAME / "src" / "EmscriptenWasm.js"
    library.parent.mkdir()
    library.write_text("export default 1;")
    assert "EmscriptenWasm.js is missing or damaged: rm -r " in opus_neural.missing()


@pytest.mark.skipif(bool(libopus.missing()), reason=libopus.missing())
@pytest.mark.parametrize("name", ["opus-lace-8", "opus-nolace-6"])
def test_the_codec_says_so(name, modules):
    with pytest.raises(Unavailable, match=f"{name} cannot run here: no @wasm.*npm install"):
        get(name)


def test_a_refused_packet_is_an_error_of_the_bitstream(node):
    node("echo packet 3: 0 samples >&2; exit 3")
    with pytest.raises(BitstreamError, match="libopus refuses packet 3: 0 samples"):
        opus_neural.decode("lace", [b"H"])


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("echo no SIMD here >&2; exit 1", "Node ended with status 1: no SIMD here"),
        ("kill -9 $$", "Node ended with status -9: it said nothing"),
        ("exit 0", "Node made 0 samples of 1 packets"),
        ('printf 1234 > "$5"', "Node made 1 samples of 1 packets"),
    ],
    ids=["error", "killed", "nothing", "too little"],
)
def test_node_that_fails_is_one_error(node, body, told):
    node(body)
    with pytest.raises(CodecError, match=told) as raised:
        opus_neural.decode("lace", [b"H"])
    assert not isinstance(raised.value, BitstreamError)


def test_node_that_hangs_is_ended(node, monkeypatch):
    monkeypatch.setattr(opus_neural, "START", 0.2)
    node("sleep 60")
    with pytest.raises(CodecError, match="Node took more than 0 s to decode"):
        opus_neural.decode("lace", [b"H"])


@installed
def test_without_enhancement_it_is_libopus(speech_like):
    samples = np.rint(32768 * speech_like(0.4, 16_000)).astype(np.int16).reshape(20, 320)
    packets = libopus.encode_wideband(samples, 8000, variable=False)
    plain = libopus.decode(packets, np.zeros(20, np.bool_))
    assert np.array_equal(opus_neural.decode("none", packets), plain)
    assert not np.array_equal(opus_neural.decode("lace", packets), plain)


@installed
def test_what_libopus_refuses_is_an_error_of_the_bitstream():
    with pytest.raises(BitstreamError, match="packet 0: .* samples, not 320"):
        opus_neural.decode("nolace", [b"\x03"])


@pytest.mark.slow
@installed
def test_deep_plc_speaks_on_for_longer():
    """60 to 100 ms into a loss in a vowel the network still speaks; libopus alone has faded."""
    time = np.arange(16_000) / 16_000
    phase = 2 * np.pi * 140 * time + 3 * np.sin(2 * np.pi * 3 * time)
    vowel = sum(np.cos(k * phase) / (1 + ((140 * k - 600) / 200) ** 2) for k in range(1, 25))
    signal = torch.from_numpy((0.3 * vowel / np.abs(vowel).max()).astype(np.float32))
    lost = np.arange(51) >= 30
    levels = {}
    for name in ("opus-wb-12", "opus-lace-12", "opus-nolace-12"):
        codec = get(name)
        (payload,) = codec.encode([signal])
        concealed = codec.decode_with_loss(payload, lost)
        levels[name] = float(concealed[33 * 320 : 35 * 320].square().mean().sqrt())
    plain = levels.pop("opus-wb-12")
    assert min(levels.values()) > 3 * plain


@installed
def test_all_three_make_the_same_bitstreams(speech_like):
    signal = torch.from_numpy(speech_like(0.2, 16_000))
    payloads = {tuple(get(f"opus-{n}-6").encode([signal])) for n in ("wb", "lace", "nolace")}
    assert len(payloads) == 1


@installed
def test_the_program_is_javascript_that_node_takes():
    program = opus_neural.PROGRAM
    done = subprocess.run(["node", "--check", program], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    (signal,) = get("opus-lace-6").decode([b""], Noise([1]))
    assert not len(signal)
