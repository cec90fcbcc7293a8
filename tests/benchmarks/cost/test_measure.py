"""What coding takes, against counts by hand and codecs whose costs are known. No times."""

import hashlib
import json
import sys
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
import soundfile
import torch
from torch import nn
from torch.nn import functional as F

from nscbench.benchmarks.cli import main
from nscbench.benchmarks.cost import delay, energy, macs, timing
from nscbench.benchmarks.cost.measure import COLUMNS, Setup, measure_costs
from nscbench.benchmarks.store.costs import NUMBERS, read_costs
from nscbench.benchmarks.store.finished_run import read_run
from nscbench.codecs import get
from nscbench.codecs.coding.pcm16 import from_pcm16
from nscbench.codecs.controls.pcm import Pcm
from nscbench.codecs.networks.blockwise import Taps
from nscbench.codecs.networks.quantizer import ResidualQuantizer
from support.inline_workers import no_processes

FRAME, AHEAD = 320, 80
HUNGRY_MB = 96

SUITE = """
metrics = ["si_sdr"]
[[condition]]
codec = "pcm"
[[condition]]
codec = "mnru"
q = 20
"""
HUNGRY = f"""
import os
from dataclasses import dataclass
from typing import ClassVar
import numpy as np
from nscbench.codecs.controls.pcm import Pcm

@dataclass(frozen=True)
class Hungry(Pcm):
    name: ClassVar[str] = "hungry"
    dies: bool = False
    leaves: bool = False

    def encode(self, audio):
        np.ones({HUNGRY_MB}_000_000, np.uint8)
        return super().encode(audio)

    def decode(self, payloads, noise):
        if self.dies:
            os._exit(7)
        if self.leaves:
            raise SystemExit("had enough")
        return super().decode(payloads, noise)
"""


@dataclass(frozen=True)
class Ahead(Pcm):
    """Frames of 20 ms that hear 5 ms of the next: to each, a tenth of the sum is added."""

    name: ClassVar[str] = "ahead"

    def decode(self, payloads, noise):
        signals = []
        for payload in payloads:
            x = from_pcm16(payload)
            padded = F.pad(x, (0, -len(x) % FRAME + AHEAD))
            heard = padded.unfold(0, FRAME + AHEAD, FRAME).sum(dim=1)
            signals.append(0.5 * x + 0.1 * heard.repeat_interleave(FRAME)[: len(x)])
        return signals


@dataclass(frozen=True)
class Normalizing(Pcm):
    """Divides by the level of the whole signal."""

    name: ClassVar[str] = "normalizing"

    def decode(self, payloads, noise):
        return [0.1 * x / x.std() for x in super().decode(payloads, noise)]


@dataclass(frozen=True)
class Deaf(Pcm):
    name: ClassVar[str] = "deaf"

    def decode(self, payloads, noise):
        return [torch.zeros(len(payload) // 2) for payload in payloads]


@dataclass(frozen=True)
class Convolving(Pcm):
    """Encodes by 100 multiplications a sample, decodes by none of torch's."""

    name: ClassVar[str] = "convolving"

    def encode(self, audio):
        with torch.inference_mode():
            for x in audio:
                F.conv1d(F.pad(x, (99, 0))[None, None], torch.ones(1, 1, 100))
        return super().encode(audio)


def signal(seconds=3.0, rate=16_000):
    return torch.from_numpy(
        0.1 * np.random.default_rng(0).standard_normal(round(seconds * rate)).astype(np.float32)
    )


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize(
    ("layer", "shape", "by_hand"),
    [
        (nn.Linear(8, 16), (10, 8), 10 * 8 * 16),
        (nn.Conv1d(2, 3, 5), (1, 2, 100), 96 * 3 * 2 * 5),
        (nn.Conv1d(4, 4, 3, groups=4, padding=1), (2, 4, 50), 2 * 50 * 4 * 3),
        (nn.ConvTranspose1d(3, 2, 4, stride=2), (1, 3, 10), 10 * 3 * 2 * 4),
        # gates of two layers: 4 * 16 * (8 + 16) and 4 * 16 * (16 + 16) a step
        (nn.LSTM(8, 16, 2, batch_first=True), (3, 10, 8), 3 * 10 * 64 * (24 + 32)),
        (nn.LSTM(8, 16, bidirectional=True), (10, 1, 8), 2 * 10 * 64 * 24),
        (nn.GRU(8, 16, batch_first=True), (1, 10, 8), 10 * 48 * 24),
    ],
    ids=["linear", "conv", "depthwise", "transposed", "lstm", "bidirectional", "gru"],
)
def test_layers_take_what_a_count_by_hand_says(mode, layer, shape, by_hand):
    with mode():
        assert macs.count(lambda: layer.eval()(torch.randn(shape)))[0] == by_hand


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_attention_and_fourier_transforms_are_counted(mode):
    x = torch.randn(2, 10, 16)
    attention = nn.MultiheadAttention(16, 4, batch_first=True).eval()
    encoder = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True).eval()
    products = 2 * 2 * 10 * 10 * 16  # scores and values
    projections = 2 * 10 * 4 * 16 * 16
    with mode():
        assert macs.count(lambda: attention(x, x, x))[0] == products + projections
        forward = products + projections + 2 * 10 * 2 * 16 * 32
        assert macs.count(lambda: encoder(x))[0] == forward
        window = torch.hann_window(256)
        frames = (1024 - 256) // 64 + 1
        spectrum = torch.stft(x.new_ones(1024), 256, 64, 256, window, False, return_complex=True)
        stft = macs.count(
            lambda: torch.stft(x.new_ones(1024), 256, 64, 256, window, False, return_complex=True)
        )
        # 5/2 N log2 N operations, a real transform of 256, half of them multiply-accumulates
        assert stft[0] == frames * 5 * 256 * 8 // 4
        inverse = macs.count(lambda: torch.fft.irfft(spectrum, dim=0))
        assert inverse[0] == stft[0]
        assert macs.count(lambda: torch.fft.fft(torch.ones(256) + 0j))[0] == 5 * 256 * 8 // 2


def test_convolution_by_taps_is_counted_as_the_layer_is():
    layer = nn.Conv1d(4, 6, 3, dilation=2, padding=2)
    x, out = torch.randn(4, 54), torch.zeros(6, 50)
    with torch.no_grad():
        counted = macs.count(lambda: Taps.of(layer).add_to(out, x, 2))[0]
        assert counted == macs.count(lambda: layer(torch.randn(4, 50)))[0] == 50 * 4 * 6 * 3


def test_a_codec_is_counted_encoder_and_decoder_apart():
    assert macs.count_codec(Convolving(), signal(1.0)) == (1_600_000, 0)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_parameters_are_learned_numbers_that_are_read_and_counted_once(mode):
    layer, idle = nn.Linear(8, 8), nn.Linear(8, 8)
    quantizer = ResidualQuantizer(4, 3, 32)
    networks = [nn.ModuleList([layer, layer, idle]), layer, quantizer]
    with mode():
        used = macs.parameters(networks, lambda: layer(layer(torch.randn(2, 8))))
        assert used == 8 * 8 + 8
        coded = macs.parameters(networks, lambda: quantizer.encode(torch.randn(1, 4, 5), 3))
        assert coded == 4 * 3 * 32
        assert macs.parameters(networks, lambda: None) == 0


def test_nvml_counts_millijoules_of_the_gpu_in_use(monkeypatch):
    class Library:
        """Stands in for libnvidia-ml: a GPU that has spent 5 J, then 7.5 J."""

        readings: ClassVar = [5000, 7500]

        def nvmlInit_v2(self):
            return 0

        def nvmlDeviceGetHandleByUUID(self, uuid, handle):
            return 0 if uuid == b"GPU-of-torch" else 6

        def nvmlDeviceGetTotalEnergyConsumption(self, handle, millijoules):
            millijoules._obj.value = self.readings.pop(0)
            return 0

    class Properties:
        uuid = "of-torch"

    monkeypatch.setattr(energy.ctypes, "CDLL", lambda name: Library())
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: Properties)
    assert energy.Nvml().joules() == pytest.approx(2.5)
    monkeypatch.setattr(Properties, "uuid", "of-another")
    with pytest.raises(energy.NoMeter, match="nvmlDeviceGetHandleByUUID fails with status 6"):
        energy.Nvml()


@pytest.mark.parametrize("way", ["impulse", "cut"])
def test_the_delay_is_frame_and_look_ahead(way):
    assert delay.measure_delay(Ahead(), "cpu", way, signal()) == (FRAME + AHEAD) / 16_000
    assert delay.measure_delay(Pcm(), "cpu", way, signal()) == 1 / 16_000


@pytest.mark.parametrize("way", ["impulse", "cut"])
def test_a_delay_that_does_not_exist_has_no_number(way):
    with pytest.raises(delay.NoDelay, match="needs the whole signal"):
        delay.measure_delay(Normalizing(), "cpu", way, signal())
    with pytest.raises(delay.NoDelay, match="no change of the input reaches the output"):
        delay.measure_delay(Deaf(), "cpu", way, signal())


def test_lc3_has_the_delay_of_its_specification(speech_like):
    """12.5 ms with frames of 10 ms: Bluetooth SIG, Low Complexity Communication Codec 1.0."""
    lc3 = get("lc3-32")
    speech = torch.from_numpy(speech_like(3.0, 16_000))
    found = [delay.measure_delay(lc3, "cpu", way, speech) for way in ("impulse", "cut")]
    assert max(found) == pytest.approx(0.0125, abs=0.0002)


def test_every_call_is_timed_and_the_first_is_not(monkeypatch):
    calls = []
    monkeypatch.setattr(Pcm, "encode", lambda self, audio: calls.append(len(audio)) or [b""] * 2)
    encode, decode = timing.time_codec(Pcm(), "cpu", [signal(1.0)] * 2, 1, 4)
    assert calls == [2] * 5
    assert len(encode) == len(decode) == 4
    assert all(factor > 0 for factor in (*encode, *decode))


def zone(folder, name, energy_uj, size=999_999):
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / "energy_uj").write_text(f"{energy_uj}\n")
    (folder / name / "max_energy_range_uj").write_text(f"{size}\n")


def test_packages_are_added_and_counters_wrap_around(tmp_path):
    zone(tmp_path, "intel-rapl:0", 900_000)
    zone(tmp_path, "intel-rapl:1", 0)
    zone(tmp_path, "intel-rapl:0:0", 0)  # the cores, which the package has already
    meter = energy.Rapl(tmp_path)
    for index, value in enumerate((900_000, 400_000, 0)):
        zone(tmp_path, ("intel-rapl:0", "intel-rapl:0", "intel-rapl:0:0")[index], value)
        if index == 1:
            assert meter.joules() == pytest.approx(0.5)
    zone(tmp_path, "intel-rapl:1", 250_000)
    zone(tmp_path, "intel-rapl:0:0", 777)
    assert meter.joules() == pytest.approx(0.75)


def test_without_a_meter_the_reason_is_said(tmp_path):
    with pytest.raises(energy.NoMeter, match="holds no package of a processor"):
        energy.Rapl(tmp_path / "absent")
    (tmp_path / "intel-rapl:0").mkdir()
    with pytest.raises(energy.NoMeter, match=r"max_energy_range_uj: No such file"):
        energy.Rapl(tmp_path)


@pytest.fixture
def hungry(tmp_path, monkeypatch):
    """A codec that another process can import."""
    (tmp_path / "nscbench_hungry.py").write_text(HUNGRY)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "nscbench_hungry", raising=False)
    import nscbench_hungry

    return nscbench_hungry.Hungry


def setup():
    batch = [signal(0.5).numpy()] * 2
    return Setup("cpu", 2, 3, batch, signal().numpy())


def test_peak_memory_is_the_array_that_a_codec_allocates(hungry):
    found = measure_costs(hungry(), setup())
    assert found["codec_memory_mb"] == pytest.approx(HUNGRY_MB, abs=8)
    assert found["peak_memory_mb"] > found["codec_memory_mb"] + 50
    assert found["cuda_memory_mb"] == "no CUDA device"
    assert found["parameters"] == "it runs no network"
    assert "torch multiplies nothing" in found["macs_per_second"]
    assert found["cut_delay_ms"] == found["impulse_delay_ms"] == 1 / 16
    assert all(len(found[c]) == 3 for c in COLUMNS if "_rtf" in c)


def test_a_codec_that_dies_gives_the_reason(hungry):
    found = measure_costs(hungry(dies=True), setup())
    assert found == dict.fromkeys(COLUMNS, "its process died (exit code 7)")


def test_a_codec_that_leaves_its_interpreter_gives_the_reason(hungry):
    found = measure_costs(hungry(leaves=True), setup())
    assert found == dict.fromkeys(COLUMNS, "SystemExit: had enough")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Directory of a run of two conditions on two items."""
    folder = tmp_path_factory.mktemp("cost")
    (folder / "items").mkdir()
    for name in "ab":
        audio = 0.1 * np.random.default_rng(ord(name)).normal(size=16_000)
        soundfile.write(folder / "items" / f"{name}.flac", audio, 16_000)
    (folder / "suite.toml").write_text(SUITE)
    words = ["run", folder / "suite.toml", "--items", folder / "items", "--out", folder / "run"]
    with no_processes():
        assert main(list(map(str, words))) == 0
    return folder / "run"


BRIEF = ["--seconds", "1", "--batch", "2", "--repeats", "3"]


@pytest.mark.slow
def test_costs_of_a_run_are_what_reports_read(finished, capsys):
    assert main(["cost", str(finished), "--conditions", "mnru-20", *BRIEF]) == 0
    assert main(["cost", str(finished), "--conditions", "pcm", *BRIEF]) == 0
    assert "not measured: parameters: it runs no network (pcm)" in capsys.readouterr().out
    costs = read_costs(read_run(finished))
    assert list(costs.index) == ["pcm", "mnru-20"]
    measured = [c for c in NUMBERS if c not in ("parameters", "macs_per_second")]
    assert (costs[measured] >= 0).all(axis=None)
    assert costs["threads"].tolist() == [1, 1]
    table = pd.read_csv(finished / "cost.csv").set_index("condition")
    assert table["hardware"].str.len().gt(0).all()
    assert table["encode_rtf_range"].str.fullmatch(r"\S+\.\.\S+").all()
    facts = json.loads((finished / "cost.json").read_text())
    assert set(facts) == {"pcm", "mnru-20"}
    for name in ("cost.csv", "cost.json"):
        digest = hashlib.sha256((finished / name).read_bytes()).hexdigest()
        assert f"{digest}  {name}\n" in (finished / "SHA256SUMS").read_text()
    assert len(facts["pcm"]["calls"]["decode_rtf_batched"]) == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nothing"], "nothing is neither the directory of a finished run nor a suite"),
        (["demo", "--conditions", "opus-7"], "demo has no condition 'opus-7'; it has: "),
        (["demo", "--batch", "1"], "--batch must be at least 2, not 1"),
        (["demo", "--seconds", "nan"], "--seconds must be at least 1, not nan"),
        (["demo", "--items", "absent"], "absent does not exist"),
    ],
)
def test_bad_input_is_one_message(words, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["cost", *words]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_what_is_not_a_table_of_costs_is_refused(finished, capsys):
    (finished / "cost.csv").write_text("condition\n")
    assert main(["cost", str(finished), *BRIEF]) == 2
    assert "remove both to begin anew" in capsys.readouterr().err
    (finished / "cost.csv").unlink()
