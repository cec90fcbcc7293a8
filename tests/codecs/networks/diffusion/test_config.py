"""Configurations that cannot be."""

from dataclasses import replace

import pytest

from support.tiny_diffusion import DIFFUSION


@pytest.mark.parametrize(
    ("wrong", "allowed"),
    [
        ({"denoiser": "wave-unet"}, "diffwave, patch-wave, unet1d, unet2d"),
        ({"process": "brownian"}, "diffwave, linear, cosine"),
        ({"condition": "text"}, "wav, mel, lat"),
        ({"output": "text"}, "wav, mel, lat"),
    ],
)
def test_configurations_that_cannot_be_are_refused(wrong: dict[str, str], allowed: str) -> None:
    with pytest.raises(ValueError, match=f"'{next(iter(wrong.values()))}'; there are: {allowed}"):
        replace(DIFFUSION, **wrong)
