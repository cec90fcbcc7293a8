"""Training steps that are recorded and replayed: their logic without a GPU, and the GPU's own."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from nscbench.codecs.networks.codec import CodecConfig
from nscbench.codecs.networks.cuda_graphs import CudaRecorder
from nscbench.codecs.networks.diffusion import DiffusionConfig
from nscbench.codecs.networks.discriminators import CriticConfig
from nscbench.codecs.networks.draws import Draws, FromGenerator
from nscbench.codecs.networks.mel_autoencoder import MelCodec
from nscbench.codecs.neural.grid import Mel2Mel
from nscbench.codecs.training.component import Component, Recipe, Turn
from nscbench.codecs.training.data import Crops
from nscbench.codecs.training.diffusion import DiffusionTraining, Ends
from nscbench.codecs.training.gan import GanCodec
from nscbench.codecs.training.optimizers import load_state, make_optimizer, set_rate
from nscbench.codecs.training.presets import COMPONENTS, make_component
from nscbench.codecs.training.steps import Participants, Places, Steps
from nscbench.codecs.training.vocoder import VocoderTraining
from nscbench.codecs.weights.pretrained import missing
from support.tiny_training import tiny_gan, tiny_mel, tiny_vocoder

CPU, GPU = torch.device("cpu"), torch.device("cuda")
gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


def finetuned_vocoder() -> VocoderTraining:
    return tiny_vocoder(tiny_mel().model)


def tiny_cell() -> Component:
    """`mel2mel`, between a mel codec and a vocoder that know nothing."""
    torch.manual_seed(1)
    mel_codec = MelCodec(replace(tiny_mel().model.config, entries=1024, stage_counts=(3, 6)))
    generator = torch.Generator().manual_seed(1)
    mel_codec.quantizer.codebooks.normal_(generator=generator)
    ends = Ends(Mel2Mel.front, mel_codec, Mel2Mel.back, tiny_vocoder().model)
    sizes = {"process": "flow", "denoiser": "unet2d", "dim": 8, "multipliers": (1, 2)}
    config = DiffusionConfig("mel", "mel", 80, 80, features=8, conditioner_dim=8, **sizes)
    return DiffusionTraining(config, ends, Recipe(items=2, crop=3200))


TINY = [tiny_gan, tiny_mel, tiny_vocoder, finetuned_vocoder, tiny_cell]


def prepared(make: Callable[[], Component]) -> Component:
    component = make()
    random = torch.Generator().manual_seed(0)
    for begin in (component.initialize, component.begin_quantizing):
        begin(lambda: 0.1 * torch.randn(2, 3200, generator=random), random)
    return component


def speech(step: int) -> Crops:
    random = torch.Generator().manual_seed(100 + step)
    audio = 0.1 * torch.randn(2, 3200, generator=random)
    return Crops(audio, (100 + 100 * torch.rand(2, 20, generator=random)).round())


def kinds_of(component: Component) -> list[Participants]:
    """Turns as they alternate in training, and back to the first, recorded long before."""
    plain = (False, False, True)
    if component.critics is None:
        return [plain] * 10
    turns = [(True, False, True), (True, True, True), (False, True, True)]
    return [plain] * 5 + turns * 5 + [plain] * 2


def rate_of(step: int) -> float:
    """Another one at every step, and none at step 8."""
    return 0.0 if step == 8 else 1e-3 / (1 + step)


def optimizers(component: Component, device: torch.device) -> list[Any]:
    networks = (component.model, component.critics)
    made = [make_optimizer(network, device) if network else None for network in networks]
    for optimizer in made:
        if optimizer:
            set_rate(optimizer, 1e-3)
    return made


class Tape:
    """Records without a GPU: recording leaves no trace, a replay computes with the places.

    It runs the step's Python again, so what a graph would freeze shows on a GPU only.
    """

    def __init__(self, component: Component, made: list[Any], patch: pytest.MonkeyPatch) -> None:
        self.holders = [component, *filter(None, made)]
        self.patch = patch
        self.runs = self.records = self.replays = 0

    def run(self, call: Callable[[], Any]) -> Any:
        self.runs += 1
        return call()

    def record(self, call: Callable[[], dict[str, Tensor]]) -> tuple[dict[str, Tensor], Any]:
        self.records += 1
        before = [copy.deepcopy(holder.state_dict()) for holder in self.holders]
        made: list[Places] = []
        own = Places.__call__

        def remember(places: Places, draw: FromGenerator) -> Tensor:
            known = len(places.filled)
            made[:] = [places]
            place = own(places, draw)
            assert len(places.filled) == known, "recording must not allocate a place"
            return place

        with self.patch.context() as patch:
            patch.setattr(Places, "__call__", remember)
            losses = call()
        for holder, state in zip(self.holders, before, strict=True):
            holder.load_state_dict(state)

        def replay() -> None:
            self.replays += 1
            for places in made:
                places.give()
            for name, value in call().items():
                losses[name].copy_(value)

        return losses, replay


VOCODERS = (tiny_vocoder, finetuned_vocoder)  # their steps are those of the GAN without quantizer
QUICKLY = [pytest.param(m, marks=pytest.mark.slow if m in VOCODERS else ()) for m in TINY]


@pytest.mark.parametrize("make", QUICKLY)
def test_replayed_steps_are_the_steps(
    make: Callable[[], Component], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, recorded = prepared(make), prepared(make)
    kinds = kinds_of(plain)
    made = optimizers(recorded, CPU)
    tape = Tape(recorded, made, monkeypatch)
    ways = (Steps(plain, *optimizers(plain, CPU)), Steps(recorded, *made, tape))
    for step, kind in enumerate(kinds):
        results = []
        for steps in ways:
            steps.component.train()
            for optimizer in filter(None, (steps.optimizer, steps.critic_optimizer)):
                set_rate(optimizer, rate_of(step))
            results.append(steps(speech(step), kind, torch.Generator().manual_seed(step)))
        assert results[0].keys() == results[1].keys()
        for name, loss in results[0].items():
            assert torch.equal(loss, results[1][name]), (step, name)
    for name, value in plain.state_dict().items():
        assert torch.equal(value, recorded.state_dict()[name]), name
    turns = len(set(kinds))
    assert (tape.runs, tape.records, tape.replays) == (3 * turns, turns, len(kinds) - 3 * turns)


class NoTransfers(TorchDispatchMode):
    """Fails where an operation brings a tensor of the CPU to the device."""

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        result = function(*args, **(kwargs or {}))
        given, made = (
            [x for x in tree_leaves(tree) if isinstance(x, Tensor)]
            for tree in ((args, kwargs), result)
        )
        there = any(x.is_meta for x in made)
        if there and any(not x.is_meta and x.dim() for x in given):
            raise AssertionError(f"{function} takes a tensor of the CPU to the device")
        return result


class Nothing(torch.optim.SGD):
    """An optimizer that changes nothing."""

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Nothing."""


class Ready(Draws):
    """Random tensors without values, without a copy."""

    def __call__(self, draw: FromGenerator) -> Tensor:
        drawn = draw(self.generator)
        return torch.empty(drawn.shape, dtype=drawn.dtype, device="meta")


@pytest.mark.parametrize(
    "transfer",
    [
        lambda there, here: there + here.to("meta"),
        lambda there, here: there[here],
        lambda there, here: float(there.sum()),
        lambda there, here: there[there > 0],
    ],
    ids=["to", "index", "item", "mask"],
)
def test_transfers_are_found(transfer: Callable[[Tensor, Tensor], object]) -> None:
    with pytest.raises((AssertionError, RuntimeError, NotImplementedError)), NoTransfers():
        transfer(torch.empty(3, device="meta"), torch.arange(3))


# with discriminators, a quantizer, a diffusion; the others take two minutes together
QUICK = {"gan", "mel", "lat2lat"}
SIZED = [
    pytest.param(name, marks=() if name in QUICK else pytest.mark.slow)
    for name in (*COMPONENTS, "vocoder on mel2mel")
]


@pytest.mark.parametrize("name", SIZED)
def test_a_step_neither_waits_for_the_device_nor_copies_to_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Meta tensors have no values: what would wait for one, and could not be recorded, fails."""
    needed = {"gan", "mel", "vocoder", "ladiff-autoencoder", "mel2mel"}
    if any(map(missing, needed)):
        pytest.skip("the weights are not embedded")
    component = make_component(name.split()[0])
    if isinstance(component, VocoderTraining) and " on " in name:
        component.mel_codec = MelCodec(make_component("mel", "small").config)
        component.mel_decoder = make_component("mel2mel", "small").model
    component = copy.deepcopy(component).to("meta").train()  # loaded networks are everyone's
    pitch = torch.empty(2, 128, device="meta") if component.wants_pitch else None
    crops = Crops(torch.empty(2, 20_480, device="meta"), pitch)
    made = [Nothing(n.parameters()) if n else None for n in (component.model, component.critics)]
    judged = component.critics is not None

    def step() -> dict[str, Tensor]:
        draws = Ready(torch.Generator().manual_seed(0), crops.audio.device)
        return component.update(crops, Turn(made[0], made[1], judged, judged, True, draws))

    def on_the_cpu(*args: Any, device: Any = "cpu", **kwargs: Any) -> Tensor:
        assert torch.device(device).type == "cpu", "torch.tensor copies from the CPU"
        return plain(*args, **kwargs)

    step()  # tables are copied once
    plain = torch.tensor
    monkeypatch.setattr(torch, "tensor", on_the_cpu)
    with NoTransfers():
        losses = step()
    assert losses
    assert all(loss.is_meta for loss in losses.values())


def test_settings_of_an_optimizer_are_not_the_checkpoints() -> None:
    network = torch.nn.Linear(2, 2)
    optimizer = make_optimizer(network, CPU)
    network(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    saved = copy.deepcopy(optimizer.state_dict())
    saved["param_groups"][0] |= {"fused": False, "capturable": True, "lr": torch.tensor(3.0)}
    again = make_optimizer(network, CPU)
    rate = torch.tensor(0.5)
    again.param_groups[0]["lr"] = rate  # as on CUDA, where graphs read it from this very place
    load_state(again, saved)
    assert again.param_groups[0]["lr"] is rate
    again.param_groups[0]["lr"] = 0.5
    (group,) = again.param_groups
    assert group["fused"]
    assert not group["capturable"]
    set_rate(again, 0.25)
    assert group["lr"] == 0.25
    assert again.state[network.weight]["step"] == 1


def tiny_seanet() -> Component:
    """LSTM layers, and discriminators of all three families."""
    torch.manual_seed(1)
    sizes = {"latent": 8, "entries": 16, "stage_counts": (1, 2), "filters": 4, "normalized": True}
    critics = CriticConfig(
        *((256,), 2, (4, 2), (2, 3), (2, 4, 4, 4, 4), 2, (16, 16, 16, 16, 16, 16, 16))
    )
    return GanCodec(CodecConfig(design="seanet", **sizes), critics, Recipe(2, 3200))


def _train(
    make: Callable[[], Component], recorded: bool, device: torch.device
) -> tuple[Component, list[dict[str, float]]]:
    """Losses of steps; those at rate 0 change nothing, and validation disturbs nothing."""
    component = prepared(make).to(device)
    made = optimizers(component, device)
    steps = Steps(component, *made, CudaRecorder(device) if recorded else None)
    rows = []
    for step, kind in enumerate(kinds_of(component)):
        component.train()
        for optimizer in filter(None, made):
            set_rate(optimizer, rate_of(step))
        before = [parameter.clone() for parameter in component.parameters()]
        losses = steps(speech(step).to(device), kind, torch.Generator().manual_seed(step))
        rows.append({name: float(value) for name, value in losses.items()})
        after = list(component.parameters())
        same = all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
        assert same is (rate_of(step) == 0)
        if step == 4:
            with torch.inference_mode():
                component.renderings(component.model.eval(), speech(99).audio[:1].to(device))
    return component, rows


@pytest.mark.slow
def test_steps_at_rate_zero_change_nothing() -> None:
    _, rows = _train(tiny_seanet, False, CPU)
    assert {"mel", "adversarial", "features", "commitment"} <= rows[-3].keys()


@pytest.mark.gpu
@gpu
@pytest.mark.parametrize("make", [*TINY, tiny_seanet])
def test_replayed_steps_are_the_steps_on_a_gpu(make: Callable[[], Component]) -> None:
    (plain, expected), (recorded, found) = (_train(make, way, GPU) for way in (False, True))
    for step, (a, b) in enumerate(zip(expected, found, strict=True)):
        assert a == pytest.approx(b, rel=0.05, abs=1e-3), step
    for name, value in plain.named_parameters():
        other = recorded.get_parameter(name)
        torch.testing.assert_close(value, other, rtol=0.1, atol=5e-3, msg=name)


@pytest.mark.gpu
@gpu
def test_a_recording_takes_what_it_is_given() -> None:
    component = prepared(tiny_cell).cuda()
    steps = Steps(component, *optimizers(component, GPU), CudaRecorder(GPU))
    for step in range(6):
        component.train()
        generator = torch.Generator().manual_seed(step)
        steps(speech(step).to(GPU), (False, False, True), generator)
    (recording,) = steps.recordings.values()
    assert torch.equal(recording.crops.audio.cpu(), speech(5).audio)
    generator = torch.Generator().manual_seed(5)
    for draw, place in recording.places.filled:
        assert torch.equal(place.cpu(), draw(generator))
