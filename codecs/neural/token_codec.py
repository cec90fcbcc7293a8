"""What codecs that send quantizer indices share: rates, payloads, entropy, one item at a time.

Items are coded one by one, so that a batch gives the very bits of its items alone: a matrix product
of another shape rounds differently, and a latent near the border of two entries would change its
index. A subclass says how a signal becomes indices, and how indices become a signal.

The precision is that of decoding. Indices are always made in float32, so that two precisions decode
the same bytes and differ in nothing but the decoder's arithmetic.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeVar, get_args

import torch
from torch import Tensor, nn

from ..base import Codec, CodecError
from ..coding.entropy import IndexModel
from ..coding.tokens import CODINGS, Coding, count_frames, read_indices, whole_frames, write_indices
from ..networks.draws import DrawShape
from ..noise import Noise
from ..settings import choose
from ..tokens import Tokens
from ..weights.parts import PARTS, FrameConfig, Part, TokenConfig
from ..weights.pretrained import config, fingerprint, load, missing

Network = TypeVar("Network", bound=nn.Module)
Precision = Literal["float32", "bfloat16"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)


@dataclass(frozen=True)
class TokenCodec(Codec):
    """One rate of a codec of quantizer indices.

    Attributes:
        kbps: one of the class's `rates`: the number of quantizer stages.
        coding: of the indices: "fixed" width, or "range"-coded with the shipped model.
        precision: of the decoder's layers; "bfloat16" for those that autocast chooses.
        device: that runs the networks.
    """

    licence: ClassVar[str] = "Apache-2.0"
    rates: ClassVar[tuple[float, ...]]

    kbps: float = 3.0
    coding: Coding = "fixed"
    precision: Precision = "float32"
    device: str = field(default="cpu", metadata={"in_name": False})

    def __post_init__(self) -> None:
        choose(self, "kbps", self.rates)
        choose(self, "coding", CODINGS)
        choose(self, "precision", PRECISIONS)

    @property
    @abstractmethod
    def tokenizer(self) -> Part[TokenConfig, nn.Module]:
        """The part that makes the indices."""

    @property
    @abstractmethod
    def parts(self) -> dict[str, str]:
        """Weights by the name of the part that they hold, in the order of the fingerprint."""

    @abstractmethod
    def tokenize(self, audio: Tensor) -> Tensor:
        """Indices [1, stages, k] of a signal [1, k * hop]."""

    @abstractmethod
    def render(self, indices: Tensor, draw: DrawShape) -> Tensor:
        """Signal [1, k * hop] of indices [1, stages, k], with what the decoder draws for it."""

    def render_items(self, indices: Sequence[Tensor], draws: Sequence[DrawShape]) -> list[Tensor]:
        """Signals [k_i * hop] on the CPU of the indices of every item: here, one by one."""
        pairs = zip(indices, draws, strict=True)
        return [self.render(own, draw)[0].cpu() for own, draw in pairs]

    @property
    def sample_rate(self) -> int:
        return self._config.sample_rate

    @property
    def nominal_kbps(self) -> float:
        return self.kbps

    @property
    def fingerprint(self) -> str:
        return fingerprint(*self.parts.values())

    @classmethod
    def unavailable(cls) -> str:
        return missing(*cls().parts.values())

    @property
    def lacking(self) -> str:
        return missing(*self.parts.values())

    @property
    def backend(self) -> str:
        return f"torch {torch.__version__}"

    @property
    def networks(self) -> Sequence[nn.Module]:
        return [load(path, PARTS[name], self.device).network for name, path in self.parts.items()]

    @property
    def stages(self) -> int:
        """Number of quantizer stages at this rate.

        Raises:
            CodecError: the weights' quantizer has no whole number of stages for it.
        """
        c = self._config
        stage_kbps = c.sample_rate / c.hop * (c.entries - 1).bit_length() / 1000
        by_rate: dict[float, int] = {round(n * stage_kbps, 6): n for n in c.stage_counts}
        if self.kbps not in by_rate:
            allowed = ", ".join(f"{rate:g}" for rate in by_rate)
            raise CodecError(
                f"these weights of {self.name} code at {allowed} kbps, not {self.kbps}"
            )
        return by_rate[self.kbps]

    @torch.inference_mode()
    def encode(self, audio: Sequence[Tensor]) -> list[bytes]:
        return [self._encode(signal) if len(signal) else b"" for signal in audio]

    @torch.inference_mode()
    def decode(self, payloads: Sequence[bytes], noise: Noise) -> list[Tensor]:
        coded = [item for item, payload in enumerate(payloads) if payload]
        indices = [self._read(payloads[item])[None].to(self.device) for item in coded]
        with self.cast():
            made = self.render_items(indices, [noise.drawing(item) for item in coded])
        signals = dict(zip(coded, made, strict=True))
        return [signals.get(item, torch.zeros(0)) for item in range(len(payloads))]

    def length(self, payload: bytes) -> int:
        c = self._config
        return count_frames(payload, self.stages, c.entries, self._coder) * c.hop

    def tokens(self, payload: bytes) -> Tokens:
        c = self._config
        indices = self._read(payload) if payload else torch.zeros(self.stages, 0, dtype=torch.int64)
        return Tokens(tuple(indices), c.entries, indices.shape[1], c.sample_rate / c.hop)

    def entropy_bits(self, payload: bytes) -> float:
        """Information of a payload's indices under the shipped model, in bit.

        This is the third rate beside the nominal and the measured one: what an ideal coder of
        independent indices would spend.
        """
        return self._model.bits(self._read(payload)) if payload else 0.0

    def cast(self) -> torch.autocast:
        """The context that networks decode in."""
        half = self.precision == "bfloat16"
        return torch.autocast(torch.device(self.device).type, torch.bfloat16, enabled=half)

    def network(self, part: Part[FrameConfig, Network]) -> Network:
        """The network of a part, on the codec's device."""
        return load(self.parts[part.name], part, self.device).network

    def _encode(self, signal: Tensor) -> bytes:
        framed = whole_frames(signal, self._config.hop).to(self.device)
        return write_indices(self.tokenize(framed)[0].cpu(), self._config.entries, self._coder)

    def _read(self, payload: bytes) -> Tensor:
        return read_indices(payload, self.stages, self._config.entries, self._coder)

    @property
    def _config(self) -> TokenConfig:
        return config(self.parts[self.tokenizer.name], self.tokenizer)

    @property
    def _coder(self) -> IndexModel | None:
        return self._model if self.coding == "range" else None

    @property
    def _model(self) -> IndexModel:
        weights = self.parts[self.tokenizer.name]
        model = load(weights, self.tokenizer, self.device).index_model
        if model is None:
            raise CodecError(f"the weights {weights} hold no model of their indices")
        return model
