"""Replaying one function: its logic with a recorder that needs no GPU, and the GPU's own."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from nscbench.codecs.base import CodecError
from nscbench.codecs.networks.cuda_graphs import Replayed
from nscbench.codecs.networks.diffusion import DiffusionDecoder
from nscbench.codecs.networks.mbd import MultiBandConfig, MultiBandDecoder
from nscbench.codecs.neural.grid import Lat2Lat, Mel2Mel
from nscbench.codecs.noise import Noise
from nscbench.codecs.processes.samplers import SAMPLERS
from support.tiny_diffusion import DECODERS as CONFIGS
from support.tiny_diffusion import FRAMES

MULTI_BAND = MultiBandConfig(
    condition="lat",
    output="wav",
    condition_channels=6,
    channels=1,
    process="power-velocity",
    denoiser="wave-unet",
    dim=8,
    multipliers=(1, 1, 1),
    features=4,
)
DECODERS = (*CONFIGS, "wave-unet")


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
    tape, decoder = Tape(), _decoder(denoiser)
    monkeypatch.setattr("nscbench.codecs.networks.cuda_graphs.CudaRecorder", lambda device: tape)
    plain, graphed = (_sample(decoder, sampler, way) for way in (False, True))
    assert torch.equal(plain, graphed)
    assert (tape.runs, tape.records, tape.replays) == (1, 1, 5)


def test_a_graph_is_refused_where_there_are_none() -> None:
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
    decoder = _decoder(denoiser).cuda()
    restored = decoder.scaling.restore  # the bands of `mbd` are summed with responses made anew
    with torch.autocast("cuda", torch.bfloat16, enabled=half):
        plain = _sample(decoder, "ancestral", graphed=False)
        torch.cuda.set_sync_debug_mode("error")
        try:
            decoder.scaling.restore = lambda made: made  # type: ignore[method-assign]
            made = _sample(decoder, "ancestral", graphed=True)
        finally:
            torch.cuda.set_sync_debug_mode("default")
        graphed = restored(made)
    torch.testing.assert_close(graphed, plain, rtol=1e-4, atol=1e-4)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_graphs_of_many_signals_share_their_memory() -> None:
    decoder = _decoder("unet2d").cuda()
    _sample(decoder, "euler", graphed=True)
    before = torch.cuda.memory_reserved()
    for _ in range(10):
        _sample(decoder, "euler", graphed=True)
    assert torch.cuda.memory_reserved() == before


def _decoder(denoiser: str) -> DiffusionDecoder:
    """A tiny one without a layer at zero, which would hide its inputs."""
    torch.manual_seed(0)
    if denoiser == "wave-unet":
        decoder: DiffusionDecoder = MultiBandDecoder(MULTI_BAND)
    else:
        decoder = DiffusionDecoder(CONFIGS[denoiser])
    for parameter in decoder.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.3)
    return decoder.eval()


def _sample(decoder: DiffusionDecoder, sampler: str, graphed: bool) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    condition = torch.randn(1, decoder.config.condition_channels, FRAMES, generator=generator)

    def draw(shape: tuple[int, ...]) -> Tensor:
        return torch.randn(shape, generator=generator)

    if decoder.anchor.spread.is_cuda:
        condition = condition.pin_memory().to("cuda", non_blocking=True)
    with torch.inference_mode():
        return decoder.sample(condition, SAMPLERS[sampler], 6, draw, graphed=graphed)
