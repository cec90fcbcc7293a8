"""Speaker similarity on a small network of the published architecture."""

import numpy as np
import pytest

from nscbench.metrics.speaker_similarity import METRIC

transformers = pytest.importorskip("transformers")
pytest.importorskip("onnx")


def test_the_value_is_the_cosine_of_the_networks_embeddings(stand_ins, speech_like):
    torch = pytest.importorskip("torch")
    pair = [speech_like(2.0, 16_000, seed).astype(np.float64) for seed in (0, 1)]
    folder = stand_ins / "wavlm-base-plus-sv"
    network = transformers.WavLMForXVector.from_pretrained(folder).eval()
    with torch.inference_mode():
        ours, theirs = (
            network(
                torch.tensor((s - s.mean()) / np.sqrt(s.var() + 1e-7), dtype=torch.float32)[None]
            ).embeddings
            for s in pair
        )
    expected = torch.nn.functional.cosine_similarity(ours, theirs).item()
    value = METRIC.score(*pair)["speaker_similarity"]
    assert value == pytest.approx(expected, abs=1e-5)
    assert value < 0.9999
    assert METRIC.directions == {"speaker_similarity": "higher"}


def test_the_level_of_a_voice_is_not_its_speaker(stand_ins, speech_like):
    """The extractor normalizes the level."""
    signal = speech_like(2.0, 16_000).astype(np.float64)
    assert METRIC.score(signal, 0.25 * signal)["speaker_similarity"] == pytest.approx(1, abs=1e-4)
