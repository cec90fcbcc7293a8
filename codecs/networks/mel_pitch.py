"""Pitch of a log-mel without training: its ripple against those of pulse trains.

Below `HIGHEST_BAND` the bands are narrow enough to tell the harmonics apart. What a frame's bands
leave of their own smooth course is compared with the same of a pulse train at each pitch class; the
best path through the frames pays for jumps.

    score    correlation of frame and class, -1 to 1, over the bands that count
    voiced   where the score of the path is above `VOICED`
"""

from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F

from .excitation import pulse_train
from .features import LogMel, MelConfig
from .pitch import CLASSES, PitchClasses

HIGHEST_BAND = 2000.0  # Hz
SMOOTH = 7  # bands of the moving average that is the smooth course
VOICED = 0.5
JUMP = 0.015  # a step from one class to the next costs of the score
FAINT = 0.5  # norm of a ripple that counts half
FARTHEST = 8  # classes between two frames


def mel_pitch(mel: Tensor, config: MelConfig) -> tuple[Tensor, Tensor]:
    """Log F0 and voicing, each [B, k], of log-mels [B, bands, k].

    The voicing rises from 0 to 1 around the threshold.
    """
    templates = _templates(config).to(mel)  # [CLASSES, used]
    ripple = _ripple(mel.transpose(1, 2)[..., : templates.shape[1]])
    scores = ripple @ templates.T  # [B, k, CLASSES]
    path = torch.stack([_best_path(item) for item in scores])
    best = scores.gather(2, path[..., None])[..., 0]
    places = PitchClasses().places.to(mel)
    voicing = torch.sigmoid((best - VOICED) * 20)
    log_f0: Tensor = places[path]
    return log_f0, voicing


def _ripple(bands: Tensor) -> Tensor:
    """Bands [..., n] less their smooth course, of unit norm; about 0 where there is no ripple."""
    shape = bands.shape
    rows = bands.reshape(-1, 1, shape[-1])
    smooth = F.avg_pool1d(F.pad(rows, (SMOOTH // 2, SMOOTH // 2), mode="replicate"), SMOOTH, 1)
    ripple = (rows - smooth).reshape(shape)
    normed: Tensor = ripple / (ripple.norm(dim=-1, keepdim=True) + FAINT)
    return normed


def _best_path(scores: Tensor) -> Tensor:
    """The class [k] of every frame on the path with the largest sum of scores [k, CLASSES]."""
    steps = torch.arange(-FARTHEST, FARTHEST + 1)
    cost = JUMP * steps.abs().to(scores)
    total = scores[0]
    origins = []
    for frame in scores[1:]:
        reach = F.pad(total, (FARTHEST, FARTHEST), value=-torch.inf).unfold(0, len(steps), 1)
        best, step = (reach - cost).max(dim=1)  # [CLASSES]
        origins.append(torch.arange(CLASSES) + steps[step])
        total = best + frame
    path = [int(total.argmax())]
    for origin in reversed(origins):
        path.append(int(origin[path[-1]]))
    return torch.tensor(path[::-1])


@lru_cache(maxsize=4)
def _templates(config: MelConfig) -> Tensor:
    """The ripple [CLASSES, used] of a pulse train at every class."""
    log_mel = LogMel(config)
    places = PitchClasses().places[:, None].expand(-1, 4)
    start = torch.zeros(CLASSES, dtype=torch.float64)
    trains = pulse_train(places, config.sample_rate, config.n_fft, start)
    centre = (
        log_mel.filters * torch.linspace(0, config.sample_rate / 2, config.n_fft // 2 + 1)
    ).sum(dim=1) / log_mel.filters.sum(dim=1)
    used = int((centre < HIGHEST_BAND).sum())
    mels = log_mel(trains)
    return _ripple(mels[:, :used, mels.shape[2] // 2])
