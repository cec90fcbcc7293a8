"""Components small enough to be trained in a test, and their trainer."""

from pathlib import Path

import numpy as np
import soundfile
import torch

from nscbench.codecs.networks.codec import CodecConfig
from nscbench.codecs.networks.discriminators import CriticConfig
from nscbench.codecs.networks.mel_autoencoder import MelCodec, MelCodecConfig
from nscbench.codecs.networks.vocoder import VocoderConfig
from nscbench.codecs.training.component import Component, Recipe
from nscbench.codecs.training.data import find_recordings
from nscbench.codecs.training.gan import GanCodec
from nscbench.codecs.training.mel import MelAutoencoder
from nscbench.codecs.training.plan import Budget, TrainingPlan
from nscbench.codecs.training.trainer import Trainer
from nscbench.codecs.training.validation import read_validation_items
from nscbench.codecs.training.vocoder import VocoderTraining

STEPS = 6


CRITICS = CriticConfig(stft_sizes=(256,), stft_filters=2, stft_strides=(4, 2))


RECIPE = Recipe(
    items=2, crop=3200, reconstruction_share=0.3, critic_head_start=0.2, critic_loss=9.0
)


def tiny_gan() -> GanCodec:
    torch.manual_seed(1)
    config = CodecConfig(
        latent=8, entries=16, stage_counts=(1, 2), dim=16, encoder_depth=1, decoder_depth=1
    )
    return GanCodec(config, CRITICS, RECIPE)


def tiny_mel() -> MelAutoencoder:
    torch.manual_seed(1)
    config = MelCodecConfig(
        latent=8, entries=16, stage_counts=(1, 2), dim=16, encoder_depth=1, decoder_depth=1
    )
    return MelAutoencoder(config, RECIPE)


def tiny_vocoder(mel_codec: MelCodec | None = None) -> VocoderTraining:
    torch.manual_seed(1)
    return VocoderTraining(VocoderConfig(channels=16), CRITICS, RECIPE, mel_codec)


def trainer(
    component: Component, folder: Path, out: str, budget: Budget | None = None, **settings: bool
) -> Trainer:
    config = component.config
    recordings = find_recordings(folder / "speech")
    items = read_validation_items(recordings, config.sample_rate, config.hop, 1)
    return Trainer(
        component,
        recordings,
        items,
        TrainingPlan(folder / out, budget or Budget(steps=STEPS), **settings),
    )


def write_speech(folder: Path) -> Path:
    """Three recordings in its folder `speech`: 16 kHz, 24 kHz, and one shorter than a crop."""
    (folder / "speech").mkdir()
    random = np.random.default_rng(0)
    for name, rate, seconds in (("a", 16_000, 1.1), ("b", 24_000, 0.9), ("c", 16_000, 0.1)):
        signal = 0.1 * random.standard_normal(int(rate * seconds))
        soundfile.write(folder / "speech" / f"{name}.wav", signal, rate)
    return folder
