"""DNSMOS Pro: its spectrogram against librosa's, and what its network's two numbers become."""

import numpy as np
import pytest

from nscbench.metrics.base import MetricUnavailable
from nscbench.metrics.dnsmos_pro import METRIC, log_spectrogram

torch = pytest.importorskip("torch")

# Of `closed_form["clean"]`, by librosa 0.11.0 as the authors' `utils.stft` calls it:
#   S = np.abs(librosa.stft(y=clean, win_length=320, hop_length=160, n_fft=320).T)
#   np.log10(np.clip(S, 1e-7, 1e7))
LIBROSA = {
    (0, 0): -2.2000132917639075,
    (0, 160): -6.482173213178813,
    (17, 3): 0.7309197868318857,
    (150, 80): -7.0,
    (300, 10): -0.8928727656146856,
    (100, 159): -4.819338525084974,
}


def test_the_spectrogram_is_librosas(closed_form):
    found = log_spectrogram(closed_form["clean"])
    assert found.shape == (301, 161)
    for place, value in LIBROSA.items():
        assert found[place] == pytest.approx(value, abs=1e-5)
    assert found.mean() == pytest.approx(-4.359762992058032, abs=1e-4)


def test_the_mean_and_the_root_of_the_variance(stand_ins, closed_form):
    """The stand-in gives the mean of the lower bins, and a variance of 0.25."""
    values = METRIC.score(closed_form["clean"], closed_form["muffled"])
    lower = log_spectrogram(closed_form["muffled"])[:, :80]
    assert values["dnsmos_pro"] == pytest.approx(lower.mean(dtype=np.float64), rel=1e-4)
    assert values["dnsmos_pro_sd"] == 0.5
    assert METRIC.directions == {"dnsmos_pro": "higher", "dnsmos_pro_sd": "none"}


class Broken(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.tensor(torch.nan))

    def forward(self, spectra: torch.Tensor) -> torch.Tensor:
        return self.weight * spectra[:, 0, :1, :2].flatten(1)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_network_with_nan_in_it_is_refused(monkeypatch, tmp_path, closed_form):
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path))
    path = tmp_path / "dnsmospro" / "model_best.pt"
    path.parent.mkdir()
    torch.jit.script(Broken()).save(str(path))
    with pytest.raises(MetricUnavailable, match=r"1 tensors have NaN .* such as weight") as raised:
        METRIC.score(closed_form["clean"], closed_form["clean"])
    assert str(path) in str(raised.value)
