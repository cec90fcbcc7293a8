"""The timing of decoders: what it runs, and what it says."""

from pathlib import Path

import pytest
import torch

from nscbench.benchmarks.selftime import decoder_speed, module_calls
from nscbench.benchmarks.selftime.decoder_speed import Timing
from nscbench.benchmarks.selftime.module_calls import Case
from support.tiny_weights import write_weights


def test_both_ways_give_the_same_signal() -> None:
    found = list(module_calls.cases(0.1, 0.02, unet_seconds=0.1))
    assert [case.name for case in found] == [
        "HiFi-GAN V2",
        "DiffWave 64 x 30",
        "DiffWave 32 x 20",
        "Grad-TTS 32",
        "Grad-TTS 64",
    ]
    with torch.inference_mode():
        for case in found:
            expected = case.modules()
            assert 0.1 < expected.std() < 10
            torch.testing.assert_close(case.here(), expected, atol=1e-4, rtol=0)


def test_table_says_what_the_timings_say() -> None:
    case = Case("HiFi-GAN V2", 2.0, lambda: torch.zeros(1), lambda: torch.zeros(1))
    timing = Timing(case, 2, 3e-6, 0.5, modules=[1.0, 1.2, 4.0], here=[0.5, 0.8, 1.0])
    row = decoder_speed.network_table([timing]).splitlines()[1].split()
    assert row[-6:] == ["2", "0.600", "0.400", "0.250", "2.00x", "3e-06"]


def test_a_case_is_timed_in_turn_and_compared() -> None:
    calls = []

    def way(name: str, value: float) -> torch.Tensor:
        calls.append(name)
        return torch.tensor([[value]]) @ torch.ones(1, 1)

    case = Case("case", 1.0, lambda: way("modules", 1.0), lambda: way("here", 1.5))
    timing = decoder_speed.time_case(case, torch.get_num_threads(), 2)
    assert calls == ["modules", "here", "here", "modules", "here", "here", "modules"]  # one counted
    assert timing.differs == 0.5
    assert 0 < timing.products < 1e-3
    assert len(timing.modules) == len(timing.here) == 2


def test_codecs_whose_weights_are_here_are_timed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nscbench.codecs.weights.pretrained.FOLDER", tmp_path)
    assert decoder_speed.trained_codecs() == []
    Path(write_weights(tmp_path, "gan")).rename(tmp_path / "gan.safetensors")
    assert [codec.condition for codec in decoder_speed.trained_codecs()] == ["gan-3"]
    count = torch.get_num_threads()
    head, row = decoder_speed.codec_table(torch.zeros(1600), [count], repeats=1)
    assert head.split() == ["condition", "encode", str(count), "decode", str(count)]
    name, encode, decode = row.split()
    assert name == "gan-3"
    assert float(encode) > 0
    assert float(decode) > 0


def test_items_that_are_none_are_an_error(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert decoder_speed.main(["--items", str(tmp_path)]) == 2
    assert "no items" in capsys.readouterr().err
