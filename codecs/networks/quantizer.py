"""Residual vector quantization with codebooks learned as moving averages.

Stage s quantizes what the stages before it left; a latent is the sum of one entry per stage. One
model serves every rate, because training draws the number of stages anew for every item
(quantizer dropout), "unquantized" being one of the choices: a decoder that knows continuous latents
too is what oracles and latent diffusion need.

Conventions
    latents    [B, dim, T]; `indices` [B, stages, T], each in [0, entries). Encoding searches for
               the sum of entries that is nearest, so fewer stages are no prefix of more
    codebooks  exponential moving averages of the vectors that chose an entry, initialized by
               k-means on real latents; an entry that hardly any vector chooses is moved to a
               vector of the current batch
    gradients  the latents reach the decoder straight through. The residual of every stage is taken
               from the latents against *detached* entries, so that each stage's commitment loss
               pulls on the encoder; with a straight-through step inside the loop it would vanish
               behind the first stage (encodec issue 25)

Own code rather than vector-quantize-pytorch: what is needed is these few lines. The library's
quantizer is one 300-line `forward` behind 45 arguments with einops as a further dependency, and it
draws from the global random state where an exact resume needs a generator derived from the step.

A. van den Oord et al., "Neural Discrete Representation Learning", NeurIPS 2017, appendix A.1.
N. Zeghidour et al., "SoundStream", TASLP 2022. A. Défossez et al., "High Fidelity Neural Audio
Compression", TMLR 2023.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .draws import Draws
from .precision import single_precision

UNQUANTIZED = 0  # as a number of stages: the latents pass as they are
DECAY = 0.99
LEARNING_STATE = (".sums", ".use")  # ends of buffers' names that only training needs
DEAD = 0.05  # share of the mean use below which an entry is moved
# use that the first codebooks are credited with: an untrained encoder's latents leave them at once,
# and entries that stayed behind must not wait for 300 steps to be moved
TRUST = 0.1
KMEANS_ITERATIONS = 15
BEAM = 8  # partial sums that encoding follows: 16 cost twice as much and leave 2 % less


@dataclass(frozen=True)
class Quantized:
    """What a training pass gives: latents [B, dim, T] for the decoder, commitment loss, indices."""

    latents: Tensor
    commitment: Tensor
    indices: Tensor


class ResidualQuantizer(nn.Module):
    """`stages` codebooks of `entries` vectors of `dim` values."""

    codebooks: Tensor
    sums: Tensor
    use: Tensor

    def __init__(self, dim: int, stages: int, entries: int = 1024) -> None:
        super().__init__()
        self.stages, self.entries = stages, entries
        self.register_buffer("codebooks", torch.zeros(stages, entries, dim))
        self.register_buffer("sums", torch.zeros(stages, entries, dim))
        self.register_buffer("use", torch.ones(stages, entries))

    def encode(self, latents: Tensor, stages: int) -> Tensor:
        """Indices [B, stages, T] of latents [B, dim, T]."""
        self._check(stages)
        batch, dim, frames = latents.shape
        vectors = latents.float().transpose(1, 2).reshape(-1, dim)
        indices = search(vectors, self.codebooks[:stages])  # [B * T, stages]
        return indices.reshape(batch, frames, stages).transpose(1, 2)

    def decode(self, indices: Tensor) -> Tensor:
        """Latents [B, dim, T] of indices [B, stages, T]."""
        self._check(indices.shape[1])
        entries = [self.codebooks[s][indices[:, s]] for s in range(indices.shape[1])]
        return torch.stack(entries).sum(dim=0).transpose(1, 2)

    def forward(self, latents: Tensor, stages: Tensor, draws: Draws) -> Quantized:
        """Quantize item b with `stages[b]` stages, and learn from it in training mode.

        By the nearest entry of every stage, where `encode` searches: the search would cost as much
        as the networks, and codebooks learn from each stage's own residual.

        `stages` [B] lie on the device of the latents [B, dim, T]; `draws` bring numbers there.
        No step waits for the device: nothing that is computed there is looked at.

        Unquantized items still teach the codebooks, at all stages. Always in float32: near the
        border of two entries, bfloat16 would choose another one than the encoder.
        """
        with single_precision(latents.device):
            return self._quantize(latents.float(), stages, draws)

    def _quantize(self, latents: Tensor, stages: Tensor, draws: Draws) -> Quantized:
        batch, _, frames = latents.shape
        flat = latents.transpose(1, 2).flatten(0, 1)  # [B * T, dim]
        used = torch.where(stages == UNQUANTIZED, self.stages, stages)
        used = used[:, None].expand(-1, frames).flatten()
        total = torch.zeros_like(flat)
        commitment, indices = flat.new_zeros(()), []
        for stage in range(self.stages):
            residual = flat - total
            chosen = nearest(residual.detach(), self.codebooks[stage])
            entry = self.codebooks[stage][chosen]
            active = used > stage
            distance = (residual - entry).square().mean(dim=1) * active
            commitment = commitment + distance.sum() / active.sum().clamp_min(1)
            if self.training:
                self._learn(stage, residual.detach(), chosen, active, draws)
            total = total + entry * active[:, None]
            indices.append(chosen)
        through = (stages == UNQUANTIZED)[:, None].expand(-1, frames).flatten()[:, None]
        output = torch.where(through, flat, flat + (total - flat).detach())
        return Quantized(
            output.reshape(batch, frames, -1).transpose(1, 2),
            commitment / self.stages,
            torch.stack(indices, dim=1).reshape(batch, frames, -1).transpose(1, 2),
        )

    def restart(self, use: float = 1.0) -> None:
        """Let the averages start anew from the codebooks as they are, credited with this use."""
        self.sums.copy_(self.codebooks * use)
        self.use.fill_(use)

    @torch.no_grad()
    def initialize(self, vectors: Tensor, generator: torch.Generator) -> None:
        """Set every codebook by k-means on what the stages before it leave of vectors [N, dim].

        Raises:
            ValueError: fewer vectors than entries.
        """
        if len(vectors) < self.entries:
            raise ValueError(f"{len(vectors)} vectors cannot initialize {self.entries} entries")
        for stage in range(self.stages):
            codebook = kmeans(vectors, self.entries, generator)
            self.codebooks[stage] = codebook
            vectors = vectors - codebook[nearest(vectors, codebook)]
        self.restart(TRUST)

    @torch.no_grad()
    def _learn(
        self, stage: int, vectors: Tensor, chosen: Tensor, active: Tensor, draws: Draws
    ) -> None:
        """Move a stage's entries towards the active ones [N] of the vectors that chose them."""
        weights = active.to(vectors)
        counts = torch.zeros_like(self.use[stage]).index_add_(0, chosen, weights)
        sums = torch.zeros_like(self.sums[stage]).index_add_(0, chosen, vectors * weights[:, None])
        total = active.sum()
        share = total.clamp_min(1) / self.entries  # `use` counts in units of the uniform share
        pace = (1 - DECAY) * (total > 0)
        self.use[stage].lerp_(counts / share, pace)
        self.sums[stage].lerp_(sums / share, pace)
        dead = (self.use[stage] < DEAD) & (total > 0)
        luck = draws(lambda generator: torch.rand(self.entries, generator=generator))
        ranks = (luck * total).long() + 1  # every entry gets one of the active vectors
        picks = torch.searchsorted(active.cumsum(0), ranks).clamp_max(len(vectors) - 1)
        self.sums[stage] = torch.where(dead[:, None], vectors[picks], self.sums[stage])
        self.use[stage] = torch.where(dead, 1.0, self.use[stage])
        self.codebooks[stage] = self.sums[stage] / self.use[stage, :, None]

    def _check(self, stages: int) -> None:
        if not 1 <= stages <= self.stages:
            raise ValueError(f"{stages} stages; this quantizer has 1 to {self.stages}")


def nearest(vectors: Tensor, codebook: Tensor) -> Tensor:
    """Index [N] of the entry of codebook [K, dim] that is closest to each vector [N, dim]."""
    # |v - c|^2 without |v|^2, which every entry shares
    scores = torch.addmm(codebook.square().sum(dim=1), vectors.float(), codebook.T, alpha=-2)
    return scores.argmin(dim=1)


def search(vectors: Tensor, codebooks: Tensor, width: int = BEAM) -> Tensor:
    """Indices [N, stages] whose entries of codebooks [stages, K, dim] add up to near vectors.

    A beam search: after every stage, the `width` best sums go on. The nearest entry of a stage
    alone often leaves what the stages behind it cannot reach.
    """
    count, dim = vectors.shape
    left = vectors[:, None]  # [N, beam, dim]
    chosen = torch.zeros(count, 1, 0, dtype=torch.long, device=vectors.device)
    for codebook in codebooks:
        entries = len(codebook)
        scores = torch.addmm(
            codebook.square().sum(dim=1), left.reshape(-1, dim), codebook.T, alpha=-2
        )
        scores = scores.view(count, -1, entries) + left.square().sum(dim=2, keepdim=True)
        candidates = scores.flatten(1)
        best = candidates.topk(min(width, candidates.shape[1]), largest=False).indices
        parents, found = best // entries, best % entries  # [N, beam]
        paths = chosen.gather(1, parents[..., None].expand(-1, -1, chosen.shape[2]))
        chosen = torch.cat([paths, found[..., None]], dim=2)
        left = left.gather(1, parents[..., None].expand(-1, -1, dim)) - codebook[found]
    return chosen[:, 0]


def kmeans(vectors: Tensor, clusters: int, generator: torch.Generator) -> Tensor:
    """Centres [clusters, dim] of vectors [N, dim], Lloyd's algorithm from random vectors."""
    picks = torch.randperm(len(vectors), generator=generator)[:clusters]
    centres = vectors[picks.to(vectors.device)].clone()
    for _ in range(KMEANS_ITERATIONS):
        chosen = nearest(vectors, centres)
        counts = torch.bincount(chosen, minlength=clusters)
        sums = torch.zeros_like(centres).index_add_(0, chosen, vectors)
        filled = counts > 0
        centres[filled] = sums[filled] / counts[filled, None]
    return centres


def count_indices(indices: Tensor, entries: int) -> Tensor:
    """How often every index occurs, [stages, entries], in indices [B, stages, T]."""
    return torch.stack(
        [torch.bincount(stage.flatten(), minlength=entries) for stage in indices.unbind(1)]
    )


@dataclass(frozen=True)
class CodebookUse:
    """How well a stage's codebook is used: share of entries chosen, entropy in bit per index."""

    share: float
    entropy: float


def codebook_use(counts: Tensor) -> list[CodebookUse]:
    """Use of every stage, from how often its indices occur [stages, entries]."""
    report = []
    for stage in counts.double():
        p = stage[stage > 0] / stage.sum()
        report.append(CodebookUse(len(p) / len(stage), float(-(p * p.log2()).sum())))
    return report
