"""The timing of decoders on a GPU: which ways it times, and what its table says of them."""

from pathlib import Path

import pytest
import torch

from nscbench.benchmarks.selftime import cuda_speed
from nscbench.codecs.neural.diffusion_codec import DiffusionCodec
from nscbench.codecs.neural.grid import Lat2Lat

FACTORS = {
    ("kernels", "float32"): 0.4,
    ("graph", "float32"): 0.1,
    ("kernels", "bfloat16"): 0.2,
    ("graph", "bfloat16"): 0.05,
}


@pytest.fixture
def timed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """A clock that knows what each way takes, and decoders that differ by a hundredth."""
    ways = []

    def time_codec(
        codec: DiffusionCodec, device: str, signals: list, threads: int, repeats: int
    ) -> tuple[list[float], list[float]]:
        assert (device, threads, [len(s) for s in signals]) == ("cuda", 1, [16_000])
        ways.append((codec.launch, codec.precision))
        factor = FACTORS[codec.launch, codec.precision]
        return [9.0], [factor, 2 * factor, factor / 2][:repeats]

    def decode(codec: DiffusionCodec, signals: list) -> torch.Tensor:
        return signals[0] + (0.01 if codec.launch == "graph" else 0.0)

    monkeypatch.setattr(cuda_speed, "time_codec", time_codec)
    monkeypatch.setattr(cuda_speed, "_decode", decode)
    return ways


def test_a_row_has_all_four_ways(timed: list[tuple[str, str]]) -> None:
    if Lat2Lat.unavailable():
        pytest.skip("the weights are not embedded")
    row = cuda_speed.row(Lat2Lat(), torch.zeros(16_000), 3)
    assert timed == list(FACTORS)
    assert row.split() == ["lat2lat-3", "0.4000", "0.1000", "0.2000", "0.0500", "8.00x", "1e-02"]


def test_only_diffusion_codecs_are_timed(timed: list[tuple[str, str]]) -> None:
    names = [line.split()[0] for line in cuda_speed.table(torch.zeros(16_000), 1)]
    assert names[0] == "condition"
    assert not {"gan-3", "mel-vocoder-3", "mel-regression-3"} & set(names)
    if not Lat2Lat.unavailable():
        assert {"mel2mel-3", "lat2wav-3", "mbd-3", "ladiff-3"} < set(names)


def test_without_a_gpu_nothing_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert cuda_speed.main([]) == 0
    assert "not measured: there is no CUDA device" in capsys.readouterr().out


def test_items_that_are_none_are_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert cuda_speed.main(["--items", str(tmp_path)]) == 2
    assert "no items" in capsys.readouterr().err
