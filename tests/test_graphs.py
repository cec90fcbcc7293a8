"""Replaying one function: its logic with a recorder that needs no GPU, and the GPU's own."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from nscbench.codecs.base import CodecError
from nscbench.codecs.diffusion.samplers import SAMPLERS
from nscbench.codecs.networks.diffusion import DiffusionDecoder
from nscbench.codecs.networks.graphs import Replayed
from nscbench.codecs.neural.grid import Lat2Lat, Mel2Mel
from nscbench.codecs.noise import Noise

from .test_denoisers import DECODERS, FRAMES


class Tape:
    """Records like a graph: a replay computes from the recorded tensors into the recorded one."""

    def __init__(self) -> None:
        self.runs = self.records = self.replays = 0

    def run(self, call: Callable[[], Tensor]) -> Tensor:
        self.runs += 1
        return call()

    def record(self, call: Callable[[], Tensor]) -> tuple[Tensor, Callable[[], None]]:
        self.records += 1
        result = torch.full_like(call(), torch.nan)  # recording computes nothing

        def replay() -> None:
            self.replays += 1
            result.copy_(call())

        return result, replay


def test_first_call_is_run_the_second_recorded_all_others_replayed() -> None:
    tape = Tape()
    function = Replayed(lambda x, t: x * t, tape)
    inputs = [(torch.arange(3.0) + n, torch.tensor([float(n)])) for n in range(5)]
    results = [function(*pair) for pair in inputs]
    for result, (x, t) in zip(results, inputs, strict=True):
        assert torch.equal(result, x * t)  # nor did a later call write over an earlier result
    assert (tape.runs, tape.records, tape.replays) == (1, 1, 4)


@pytest.mark.parametrize("sampler", ["euler", "midpoint", "ancestral", "dpmpp"])
@pytest.mark.parametrize("denoiser", DECODERS)
def test_a_replayed_denoiser_samples_the_same(
    monkeypatch: pytest.MonkeyPatch, denoiser: str, sampler: str
) -> None:
    tape = Tape()
    monkeypatch.setattr("nscbench.codecs.networks.graphs.CudaRecorder", lambda: tape)
    plain, graphed = (_sample(denoiser, sampler, "cpu", way) for way in (False, True))
    assert torch.equal(plain, graphed)
    assert (tape.runs, tape.records, tape.replays) == (1, 1, 5)


def test_a_graph_is_refused_where_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    if Lat2Lat.unavailable():
        pytest.skip("the weights are not embedded")
    codec = Lat2Lat(launch="graph")
    assert codec.condition == "lat2lat-3-launchgraph"
    payloads = codec.encode([torch.zeros(3_200)])
    assert payloads == Lat2Lat().encode([torch.zeros(3_200)])
    with pytest.raises(CodecError, match="launch='graph' is for CUDA devices, not for cpu"):
        codec.decode(payloads, Noise([1]))


def test_a_launch_that_there_is_not_is_refused() -> None:
    with pytest.raises(CodecError, match="there are: kernels, graph"):
        Mel2Mel(launch="compiled")  # type: ignore[arg-type]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("denoiser", DECODERS)
def test_a_cuda_graph_samples_the_same_without_waiting(denoiser: str, half: bool) -> None:
    with torch.autocast("cuda", torch.bfloat16, enabled=half):
        plain = _sample(denoiser, "ancestral", "cuda", graphed=False)
        torch.cuda.set_sync_debug_mode("error")
        try:
            graphed = _sample(denoiser, "ancestral", "cuda", graphed=True)
        finally:
            torch.cuda.set_sync_debug_mode("default")
    torch.testing.assert_close(graphed, plain, rtol=1e-4, atol=1e-4)


def _sample(denoiser: str, sampler: str, device: str, graphed: bool) -> Tensor:
    config = DECODERS[denoiser]
    torch.manual_seed(0)
    decoder = DiffusionDecoder(config).eval().to(device)
    generator = torch.Generator().manual_seed(1)
    condition = torch.randn(1, config.condition_channels, FRAMES, generator=generator)

    def draw(shape: tuple[int, ...]) -> Tensor:
        return torch.randn(shape, generator=generator)

    held = condition.pin_memory().to(device, non_blocking=True) if device == "cuda" else condition
    with torch.inference_mode():
        return decoder.sample(held, SAMPLERS[sampler], 6, draw, graphed)
