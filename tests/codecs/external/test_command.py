"""Programs that code: their files, their failures, and their identity."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from nscbench.benchmarks.run.coding import decode_streams
from nscbench.codecs import CodecError, make
from nscbench.codecs.bitstream import header_for, pack
from nscbench.codecs.noise import Noise
from support.programs import RATE, TOOL, command, line, python

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


def test_bits_are_those_of_the_file_that_the_program_wrote(tmp_path, tool, signal):
    codec = command(tmp_path)
    assert codec.condition == "bytewise-128"
    assert (codec.nominal_kbps, codec.sample_rate, codec.stochastic) == (128, RATE, False)
    (payload,) = codec.encode([signal])
    samples = np.clip(np.rint(signal.double().numpy() * 32768), -32768, 32767).astype(np.int64)
    assert payload == bytes(((samples >> 8) + 128).astype(np.uint8))
    (decoded,) = codec.decode([payload], Noise([1]))
    assert torch.equal(decoded, torch.from_numpy((((samples >> 8) << 8) + 128) / 32768).float())


@pytest.mark.parametrize("stated", [0.01, 8, 100_000])
def test_what_the_suite_states_limits_nothing(tmp_path, tool, stated):
    """128 kbit/s, whatever is stated, and however long: 10 s are 160 kB."""
    codec = command(tmp_path, kbps=stated)
    signal = torch.zeros(10 * RATE)
    (payload,) = codec.encode([signal])
    assert len(payload) == 10 * RATE
    stream = pack(header_for(codec, len(signal)), payload)
    (decoded,) = decode_streams(codec, [stream], Noise([1]))
    assert len(decoded.samples) == len(signal)


def test_several_items_and_empty_ones(tmp_path, tool, signal):
    codec = command(tmp_path)
    items = [signal, signal[:0], signal[:100]]
    payloads = codec.encode(items)
    assert payloads == [codec.encode([item])[0] for item in items]
    decoded = codec.decode(payloads, Noise([1, 2, 3]))
    assert [len(audio) for audio in decoded] == [len(item) for item in items]


def test_a_seed_makes_a_stochastic_decoder(tmp_path, tool, signal):
    codec = command(tmp_path, decode=line("decode", "{seed}"))
    assert codec.stochastic
    payloads = codec.encode([signal])
    first, again, other = (codec.decode(payloads, Noise([seed]))[0] for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_no_shell_sees_the_line(tmp_path, signal):
    """What a shell would do something with arrives as it is written."""
    code = "import sys; open(sys.argv[-1],'w').write(' '.join(sys.argv[1:-2]))"
    odd = f"{sys.executable} -c \"{code}\" ';' '$HOME' '`id`' '&&' '*' '>x' {{in}} {{out}}"
    (payload,) = command(tmp_path, encode=odd).encode([signal])
    assert payload == b"; $HOME `id` && * >x"


def test_a_program_runs_in_an_empty_folder_that_is_removed(tmp_path, signal):
    code = (
        "import os,sys; open('left','w'); "
        "open(sys.argv[2],'w').write(os.getcwd()+' '+' '.join(sorted(os.listdir()))"
        "+' '+os.environ['TMPDIR']+' '+str(len(sys.stdin.read())))"
    )
    (payload,) = command(tmp_path, encode=python(code)).encode([signal])
    folder, *seen, temporary, size = payload.decode().split()
    assert seen == ["in.wav", "left", "out.bin"]
    assert Path(temporary).resolve() == Path(folder).resolve()
    assert size == "0"
    assert not Path(folder).exists()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import sys; sys.exit('no codebook 7')", "`encode` ended with exit status 1: no codebook"),
        ("import os; os.abort()", "`encode` was killed by signal 6"),
        ("pass", "`encode` wrote no file {out}"),
        ("import sys; open(sys.argv[2],'w')", "`encode` wrote an empty file"),
        ("import os,sys; os.symlink(sys.argv[1],sys.argv[2])", "`encode` wrote no file {out}"),
    ],
)
def test_a_program_that_fails_is_quoted(tmp_path, signal, code, message):
    with pytest.raises(CodecError) as raised:
        command(tmp_path, encode=python(code)).encode([signal])
    assert f"bytewise: {message}" in str(raised.value)


def test_a_long_complaint_is_cut(tmp_path, signal):
    code = "import sys; print('x'*10**6+' the end',file=sys.stderr); sys.exit(3)"
    with pytest.raises(CodecError, match="exit status 3: x+ the end$") as raised:
        command(tmp_path, encode=python(code)).encode([signal])
    assert len(str(raised.value)) < 1000


def test_decoded_audio_of_another_rate_is_refused(tmp_path, tool, signal):
    code = (
        "import sys,wave; f=wave.open(sys.argv[2],'wb'); "
        "f.setparams((1,2,8000,0,'NONE','')); f.writeframes(bytes(4000)); f.close()"
    )
    message = "what `decode` wrote: out.wav is at 8000 Hz, declared are 16000 Hz"
    with pytest.raises(CodecError, match=message):
        command(tmp_path, decode=python(code)).decode([b"x"], Noise([1]))
    code = "import sys; open(sys.argv[2],'w').write('text')"
    with pytest.raises(CodecError, match=r"out.wav: not audio that is read here"):
        command(tmp_path, decode=python(code)).decode([b"x"], Noise([1]))


def test_the_programs_files_are_its_identity(tmp_path, tool):
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "a.bin").write_text("a")
    encode = line("encode", "--weights={suite}/weights")
    found = [command(tmp_path, encode=encode).fingerprint]
    tool.write_text(TOOL + "\n")
    found.append(command(tmp_path, encode=encode).fingerprint)
    (tmp_path / "weights" / "a.bin").write_text("b")
    found.append(command(tmp_path, encode=encode).fingerprint)
    (tmp_path / "weights" / "a.bin").rename(tmp_path / "weights" / "b.bin")
    found.append(command(tmp_path, encode=encode).fingerprint)
    assert len(set(found)) == 4
    assert command(tmp_path, encode=encode, time_limit=7).fingerprint == found[-1]


@pytest.mark.parametrize("extra", ["{suite}", "--root={suite}", "--root={suite}/.", "{suite}/.."])
def test_the_folder_that_runs_are_written_to_is_no_identity(tmp_path, tool, extra):
    with pytest.raises(CodecError, match=r"where the suite lies, in .*as \{suite\}/FILE"):
        command(tmp_path, encode=line("encode", extra))
    with pytest.raises(CodecError, match="decode names"):
        command(tmp_path, decode=line("decode", extra))


def test_where_the_suite_lies_is_no_identity(tmp_path, tool):
    (tmp_path / "moved").mkdir()
    (tmp_path / "moved" / "tool.py").write_text(TOOL)
    here, there = command(tmp_path), command(tmp_path / "moved")
    assert repr(here) == repr(there)
    assert here.fingerprint == there.fingerprint


def test_the_example_program_is_a_codec(signal):
    codec = make(
        "bitcut",
        {
            "encode": f"{sys.executable} {{suite}}/bitcut.py encode {{kbps}} {{in}} {{out}}",
            "decode": f"{sys.executable} {{suite}}/bitcut.py decode {{in}} {{out}}",
            "kbps": 96,
            "sample_rate": RATE,
            "folder": str(EXAMPLES),
        },
    )
    (payload,) = codec.encode([signal])
    assert len(payload) == 1 + -(-(6 * len(signal) + 1) // 8)
    (decoded,) = codec.decode([payload], Noise([1]))
    assert len(decoded) == len(signal)
    assert (decoded - signal).abs().max() <= 2**-6 + 1e-6


WRITES = "import sys,wave; f=wave.open(sys.argv[2],'wb'); f.setparams((1,2,16000,0,'NONE','')); "


@pytest.mark.parametrize(
    ("samples", "notices"),
    [
        (3200, ()),
        (3192, ("decoded audio is 8 samples short: silence added",)),
        (3300, ("decoded audio is 100 samples longer than its recording: cut",)),
    ],
)
def test_lengths_are_treated_as_those_of_a_folder(tmp_path, tool, samples, notices):
    code = WRITES + f"f.writeframes(bytes([1,1])*{samples}); f.close()"
    codec = command(tmp_path, decode=python(code))
    stream = pack(header_for(codec, 3200), b"x")
    (decoded,) = decode_streams(codec, [stream], Noise([1]))
    assert (len(decoded.samples), decoded.notices) == (3200, notices)
    assert set(decoded.samples[:3192]) == {257}
    assert set(decoded.samples[samples:]) <= {0}


@pytest.mark.parametrize("samples", [1600, 4800])
def test_lengths_that_are_far_off_are_refused(tmp_path, tool, samples):
    code = WRITES + f"f.writeframes(bytes(2*{samples})); f.close()"
    codec = command(tmp_path, decode=python(code))
    with pytest.raises(CodecError, match="s long, its recording 0.200 s; less than 100 ms"):
        decode_streams(codec, [pack(header_for(codec, 3200), b"x")], Noise([1]))


def test_a_peak_above_full_scale_is_scaled_and_told(tmp_path, tool):
    code = (
        "import sys, numpy, soundfile; "
        "soundfile.write(sys.argv[2], numpy.array([1.5,-.75]*50), 16000, 'FLOAT', format='WAV')"
    )
    codec = command(tmp_path, decode=python(code))
    (decoded,) = decode_streams(codec, [pack(header_for(codec, 100), b"x")], Noise([1]))
    assert decoded.notices == ("decoded audio: peak of +3.52 dBFS scaled down to full scale",)
    assert decoded.samples.tolist() == [32767, -16384] * 50


def test_channels_are_mixed_down_and_told_as_those_of_a_recording(tmp_path, tool):
    code = (
        "import sys, numpy, soundfile; "
        "soundfile.write(sys.argv[2], numpy.array([[.5,.25]]*100), 16000, format='WAV')"
    )
    codec = command(tmp_path, decode=python(code))
    (decoded,) = decode_streams(codec, [pack(header_for(codec, 100), b"x")], Noise([1]))
    assert decoded.notices == ("decoded audio: 2 channels mixed down to their mean",)
    assert set(decoded.samples) == {12288}


def test_a_file_that_is_cut_off_is_refused_by_its_name_alone(tmp_path, tool):
    code = WRITES + "f.writeframes(bytes(6400)); f.close(); open(sys.argv[2],'r+b').truncate(3000)"
    codec = command(tmp_path, decode=python(code))
    with pytest.raises(CodecError, match="what `decode` wrote: out.wav: cut off"):
        codec.decode([b"x"], Noise([1]))
