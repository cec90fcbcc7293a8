"""Programs and folders of decoded audio that a suite declares."""

import json
import os
import signal as signals
import subprocess
import sys
import time
from pathlib import Path
from select import select

import numpy as np
import pandas as pd
import pytest
import soundfile
import torch

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.run.suite import SuiteError, load_suite
from nscbench.benchmarks.store.finished_run import read_run
from nscbench.codecs import CodecError, Unavailable, make
from nscbench.codecs.noise import Noise
from nscbench.reports.figures.curves import curve_pictures
from nscbench.reports.tables.curve_deltas import curves
from nscbench.reports.tables.leaderboard import leaderboard
from nscbench.reports.tables.printed import latex, markdown, show
from support import runs

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
RATE = 16_000
PATIENCE = 60  # seconds

# Keeps the upper byte of every sample; a generator's number in the file seeds what it adds.
TOOL = """
import os, sys, time, wave
mode, kbps, source, target, *seed = sys.argv[1:]
if mode == "encode":
    with wave.open(source) as file:
        data = file.readframes(file.getnframes())
    open(target, "wb").write(bytes((byte + 128) % 256 for byte in data[1::2]))
else:
    data = open(source, "rb").read()
    offset = int(seed[0]) % 64 if seed else 0
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        samples = (((byte + 128) % 256 << 8) + 128 + offset for byte in data)
        file.writeframes(b"".join((s % 65536).to_bytes(2, "little") for s in samples))
"""


@pytest.fixture
def tool(tmp_path):
    path = tmp_path / "tool.py"
    path.write_text(TOOL)
    return path


def line(mode, extra=""):
    return f"{sys.executable} {{suite}}/tool.py {mode} {{kbps}} {{in}} {{out}} {extra}".strip()


def command(folder, encode=None, decode=None, **settings):
    given = {"kbps": 128, "sample_rate": RATE, "folder": str(folder)} | settings
    return make(
        "bytewise", {"encode": encode or line("encode"), "decode": decode or line("decode")} | given
    )


def python(code):
    """A command line that runs this code; in and out are the last two arguments."""
    return f'{sys.executable} -c "{code}" {{in}} {{out}}'


@pytest.fixture
def signal(speech_like):
    return torch.from_numpy(speech_like(0.2, RATE))


def test_bits_are_those_of_the_file_that_the_program_wrote(tmp_path, tool, signal):
    codec = command(tmp_path)
    assert codec.condition == "bytewise-128"
    assert (codec.nominal_kbps, codec.sample_rate, codec.stochastic) == (128, RATE, False)
    (payload,) = codec.encode([signal])
    samples = np.clip(np.rint(signal.double().numpy() * 32768), -32768, 32767).astype(np.int64)
    assert payload == bytes(((samples >> 8) + 128).astype(np.uint8))
    (decoded,) = codec.decode([payload], Noise([1]))
    assert torch.equal(decoded, torch.from_numpy((((samples >> 8) << 8) + 128) / 32768).float())


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


def test_a_program_that_hangs_is_killed_with_all_that_it_started(tmp_path, signal):
    note = tmp_path / "child"
    code = (
        "import subprocess,sys,time; "
        "p=subprocess.Popen([sys.executable,'-c','import time; time.sleep(600)']); "
        f"open('{note}','w').write(str(p.pid)); time.sleep(600)"
    )
    codec = command(tmp_path, encode=python(code), time_limit=5)
    with pytest.raises(CodecError, match="`encode` took more than 5 s"):
        codec.encode([signal])
    child = int(note.read_text())
    for _ in range(100):
        if not _runs(child):
            break
        time.sleep(0.1)
    assert not _runs(child)


@pytest.mark.parametrize(
    "ending",
    # without a handler, SIGTERM ends a process as SIGKILL does
    [signals.SIGKILL, signals.SIGINT, pytest.param(signals.SIGTERM, marks=pytest.mark.slow)],
)
def test_a_program_ends_with_the_process_that_runs_it(tmp_path, ending):
    """All that the program started has the pipe open to write: its end is that of the last one."""
    pipe, tool = tmp_path / "pipe", tmp_path / "tool.py"
    os.mkfifo(pipe)
    tool.write_text(
        f"import os, time\nfile = open({str(pipe)!r}, 'wb', buffering=0)\nos.fork()\n"
        "file.write(b'x')\ntime.sleep(600)"
    )
    runs_it = (
        # in the background of a shell, where SIGINT is ignored, it would be here too
        "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from nscbench.codecs import make\nfrom nscbench.codecs.noise import Noise\n"
        f"line = '{sys.executable} {tool} {{in}} {{out}}'\n"
        f"codec = make('mine', dict(encode=line, decode=line, kbps=1, sample_rate={RATE}))\n"
        "codec.decode([b'x'], Noise([1]))"
    )
    own = os.environ | {"TMPDIR": str(tmp_path)}  # its folder stays behind
    started = subprocess.Popen([sys.executable, "-c", runs_it], stderr=subprocess.DEVNULL, env=own)
    with pipe.open("rb") as file:
        assert file.read(2) == b"xx"
        started.send_signal(ending)
        assert started.wait(PATIENCE) != 0
        assert select([file], [], [], PATIENCE)[0], "the program runs on"
        assert file.read() == b""


def test_a_program_that_ended_leaves_no_watcher(tmp_path, tool, signal):
    before = _children()
    codec = command(tmp_path)
    codec.decode(codec.encode([signal]), Noise([1]))
    assert _children() == before


def _children():
    stats = (path.read_text() for path in Path("/proc").glob("[0-9]*/stat"))
    return sum(stat.rpartition(")")[2].split()[1] == str(os.getpid()) for stat in stats)


def _runs(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_decoded_audio_of_another_rate_or_with_channels_is_refused(tmp_path, tool, signal):
    for rate, channels, message in (
        (8000, 1, "out.wav is at 8000 Hz, declared are 16000 Hz"),
        (16000, 2, "out.wav has 2 channels"),
    ):
        code = (
            "import sys,wave; f=wave.open(sys.argv[2],'wb'); "
            f"f.setparams(({channels},2,{rate},0,'NONE','')); f.writeframes(bytes(4000)); f.close()"
        )
        with pytest.raises(CodecError, match=f"what `decode` wrote: {message}"):
            command(tmp_path, decode=python(code)).decode([b"x"], Noise([1]))
    code = "import sys; open(sys.argv[2],'w').write('text')"
    with pytest.raises(CodecError, match=r"out.wav is not audio that libsndfile reads"):
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


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"encode": "x {in}"}, "encode lacks {out}"),
        ({"decode": "x {out}"}, "decode lacks {in}"),
        ({"encode": "x {in} {out} {seed}"}, "placeholder {seed}; allowed are {in}, {out}, {kbps}"),
        ({"encode": "x '{in} {out}"}, "encode is no command line: No closing quotation"),
        ({"decode": ""}, "a program needs decode, a command line"),
        ({"kbps": 0}, "a program needs kbps, a number above 0, not 0"),
        ({"sample_rate": "16k"}, "a program needs sample_rate, a number above 0, not '16k'"),
        ({"time_limit": -1}, "time_limit must be seconds"),
        ({"colour": 1}, "a program has no setting 'colour'; it has: "),
    ],
)
def test_declarations_that_are_wrong_are_refused(tmp_path, settings, message):
    with pytest.raises(CodecError) as raised:
        make(
            "mine",
            {"encode": "x {in} {out}", "decode": "x {in} {out}", "kbps": 1, "sample_rate": RATE}
            | settings,
        )
    assert message in str(raised.value)


def test_names_of_codecs_that_exist_or_cannot_be_are_refused(tmp_path):
    folder = {"decoded": str(tmp_path), "kbps": 1, "sample_rate": RATE}
    with pytest.raises(CodecError, match="there is a codec 'pcm' already"):
        make("pcm", folder)
    with pytest.raises(CodecError, match="cannot be called 'my codec'"):
        make("my codec", folder)


def test_what_is_not_here_is_unavailable(tmp_path):
    with pytest.raises(Unavailable, match="mine-1 cannot run here: there is no program nothere"):
        make(
            "mine", dict(encode="nothere {in} {out}", decode="x {in} {out}", kbps=1, sample_rate=1)
        )
    with pytest.raises(Unavailable, match="there is no folder"):
        make("mine", {"decoded": str(tmp_path / "no"), "kbps": 1, "sample_rate": RATE})


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


def test_the_folders_content_is_its_identity(tmp_path, signal):
    settings = {"decoded": str(tmp_path), "kbps": 3, "sample_rate": RATE}
    soundfile.write(tmp_path / "a.wav", signal.numpy(), RATE)
    found = {make("theirs", settings).fingerprint}
    soundfile.write(tmp_path / "a.wav", -signal.numpy(), RATE)
    found.add(make("theirs", settings).fingerprint)
    (tmp_path / "a.wav").rename(tmp_path / "b.wav")
    found.add(make("theirs", settings).fingerprint)
    assert len(found) == 3


SUITE = f"""
metrics = ["stoi"]

[[condition]]
codec = "bytewise"
encode = "{sys.executable} {{suite}}/tool.py encode {{kbps}} {{in}} {{out}}"
decode = "{sys.executable} {{suite}}/tool.py decode {{kbps}} {{in}} {{out}}"
kbps = 128
sample_rate = {RATE}

[[condition]]
codec = "theirs"
decoded = "decoded"
kbps = 3
sample_rate = {RATE}

[[condition]]
codec = "absent"
encode = "there_is_no_such_program {{in}} {{out}}"
decode = "there_is_no_such_program {{in}} {{out}}"
kbps = 1
sample_rate = {RATE}

[[condition]]
codec = "pcm"
"""


@pytest.fixture
def items(tmp_path, speech_like):
    (tmp_path / "items").mkdir()
    (tmp_path / "decoded").mkdir()
    for seed, name in enumerate("ab"):
        audio = speech_like(1, RATE, seed)
        soundfile.write(tmp_path / "items" / f"{name}.flac", audio, RATE)
    soundfile.write(tmp_path / "decoded" / "a.wav", speech_like(1, RATE, 0) * 0.9, RATE)
    return tmp_path / "items"


def test_suites_declare_them(tmp_path, tool, items):
    (tmp_path / "suite.toml").write_text(SUITE)
    suite = load_suite(str(tmp_path / "suite.toml"))
    assert [codec.condition for codec in suite.codecs] == ["bytewise-128", "theirs-3", "pcm"]
    assert "there is no program there_is_no_such_program" in suite.unavailable["absent-1"]
    for codec in suite.codecs:
        stored = json.loads(json.dumps(codec.arguments()))
        assert make(codec.name, stored) == codec
    (tmp_path / "suite.toml").write_text(SUITE + '[[condition]]\ncodec = "x"\nencode = "y"\n')
    with pytest.raises(SuiteError, match=r"suite.toml: x: a program needs kbps"):
        load_suite(str(tmp_path / "suite.toml"))


@pytest.mark.slow
def test_runs_measure_the_one_and_state_the_other(tmp_path, tool, items, capsys):
    (tmp_path / "suite.toml").write_text(SUITE)
    out = tmp_path / "run"
    arguments = ["--out", str(out), "--items", str(items), "--workers", "1"]
    assert main(["run", str(tmp_path / "suite.toml"), *arguments]) == 1
    printed = capsys.readouterr().out
    assert "3.00*" in printed
    assert "* bitrate stated, not measured" in printed
    assert "left out: absent-1" in printed
    board = pd.read_csv(out / "leaderboard.csv").set_index("condition")
    assert board["bitrate"].to_dict() == {
        "bytewise-128": "measured",
        "theirs-3": "stated",
        "pcm": "measured",
    }
    assert board.loc["bytewise-128", "measured_kbps"] == 8 * RATE / 1000
    assert np.isnan(board.loc["theirs-3", "measured_kbps"])
    assert board.loc["theirs-3", ["n", "N"]].tolist() == [1, 2]
    rows = pd.read_csv(out / "rows.csv")
    theirs = rows[rows["condition"] == "theirs-3"]
    assert set(theirs["column"]) == {"seconds", "stoi", "estoi"}
    (missing,) = set(theirs[theirs["item"] == "b"]["error"])
    assert "nothing in" in missing
    assert "expected is b.wav or .flac" in missing
    tool.rename(tmp_path / "away")
    capsys.readouterr()
    for words in ("verify", "cost"):  # the program is not even looked for
        assert main([words, str(out)]) == 2
        refusal = capsys.readouterr().err
        assert "Give --programs if you trust them" in refusal
        assert "{suite}/tool.py decode" in refusal
    (tmp_path / "away").rename(tool)
    assert main(["verify", str(out), "--fraction", "1", "--programs"]) == 0
    assert main(["report", str(out)]) == 0
    assert "3.00 (stated)" in (out / "report" / "report.html").read_text()


def test_reports_mark_a_stated_bitrate(tmp_path):
    conditions = runs.ladder("opus") | runs.ladder("theirs", gain=0.5)
    root = runs.write_run(tmp_path / "run", conditions)
    manifest = json.loads((root / "manifest.json").read_text())
    for entry in manifest["conditions"]:
        if entry["codec"] == "theirs":
            entry["bitrate"] = "stated"
    (root / "manifest.json").write_text(json.dumps(manifest))
    scores = read_run(root).scores
    board = leaderboard(scores)
    assert board["bitrate"].tolist() == ["measured"] * 4 + ["stated"] * 4
    assert board["measured_kbps"].isna().tolist() == [False] * 4 + [True] * 4
    assert scores.kbps("theirs-12") == 12
    assert list(curves(scores)) == ["opus"]
    marked = {
        show: "* bitrate stated, not measured",
        markdown: r"\* bitrate stated, not measured",
        latex: r"\end{tabular}\\{} * bitrate stated, not measured",
    }
    for draw, note in marked.items():
        assert note in draw(board)
        assert "12.00*" in draw(board)
        assert note not in draw(board[board["bitrate"] == "measured"])
    (overview, *_) = curve_pictures(board, scores.directions, "title")
    handles, labels = overview.figure.axes[0].get_legend_handles_labels()
    faces = {
        label: handle[0].get_markerfacecolor()
        for label, handle in zip(labels, handles, strict=True)
    }
    assert faces["theirs (bitrate stated)"] == "none"
    assert faces["opus"] != "none"
    assert all(list(handle[0].get_xdata()) == [6, 8, 12, 24] for handle in handles)


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
