"""Distill-MOS: values of its package, its segments, and files that are not its weights."""

import numpy as np
import pytest

from nscbench.metrics import distill_mos
from nscbench.metrics.base import MetricUnavailable
from nscbench.metrics.distill_mos import METRIC, SEGMENT, WEIGHTS, beginnings

torch = pytest.importorskip("torch")

# By distillmos 0.9.1: ConvTransformerSQAModel().eval()(torch.tensor(signal)[None])
PUBLISHED = {
    ("clean", 1): 1.1268842220306396,
    ("muffled", 1): 1.1438782215118408,
    ("clean", 3): 1.092643141746521,  # 9 s: three segments
    ("echo", 3): 1.0946881771087646,
}


@pytest.mark.parametrize(("name", "times"), PUBLISHED)
def test_the_value_is_the_packages(name, times, closed_form):
    if missing := METRIC.unavailable():
        pytest.skip(missing)
    signal = np.tile(closed_form[name], times)
    value = METRIC.score(signal, signal)["distill_mos"]
    assert value == pytest.approx(PUBLISHED[name, times], abs=1e-5)


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (8_000, [0]),
        (SEGMENT, [0]),
        (SEGMENT + 1, [0, 1]),
        (SEGMENT + 16_000, [0, 16_000]),
        (SEGMENT + 16_001, [0, 8_000, 16_001]),
    ],
)
def test_segments_cover_the_signal(samples, expected):
    assert beginnings(samples) == expected


@pytest.fixture
def package(monkeypatch, tmp_path):
    """An installed `distillmos` with a file of random weights; gives the writer of that file."""
    from nscbench.metrics.machinery.distill_mos_network import NAMES, DistillMos

    theirs = {ours: published for published, ours in NAMES.items()}
    torch.manual_seed(0)
    state = {}
    for name, tensor in DistillMos().state_dict().items():
        start = next(start for start in theirs if name.startswith(start))
        state[theirs[start] + name[len(start) :]] = tensor
    path = tmp_path / WEIGHTS.package / WEIGHTS.file
    path.parent.mkdir(parents=True)
    (tmp_path / WEIGHTS.package / "__init__.py").write_text("raise ImportError('not imported')")
    monkeypatch.syspath_prepend(tmp_path)
    distill_mos._loaded.cache_clear()

    def write(**changes):
        torch.save({"model": state | changes}, path)
        return path

    yield write
    distill_mos._loaded.cache_clear()


@pytest.mark.slow
def test_a_long_signal_has_the_mean_of_its_segments(package, speech_like):
    package()
    signal = speech_like(9.0, 16_000).astype(np.float64)
    value = METRIC.score(signal, signal)["distill_mos"]
    each = [
        METRIC.score(piece, piece)["distill_mos"]
        for piece in (signal[start : start + SEGMENT] for start in (0, 10_560, 21_120))
    ]
    assert value == pytest.approx(np.mean(each), abs=1e-6)
    assert 1 < value < 5


def test_level_is_not_heard(package, speech_like):
    package()
    signal = speech_like(2.0, 16_000).astype(np.float64)
    values = [METRIC.score(signal, gain * signal)["distill_mos"] for gain in (1, 0.1)]
    assert values[0] == pytest.approx(values[1], abs=1e-5)


def test_weights_that_are_not_its_own_are_one_line(package, speech_like):
    signal = speech_like(1.0, 16_000).astype(np.float64)
    bias = "transformer_pool_attn.pool.linear3.bias"
    for change, why in (
        ({bias: torch.tensor([torch.nan])}, r"1 tensors have NaN .* rating\.bias"),
        ({bias: torch.zeros(2)}, "size mismatch"),
        ({"another.bias": torch.zeros(2)}, "Unexpected key"),
    ):
        path = package(**change)
        with pytest.raises(MetricUnavailable, match=why) as raised:
            METRIC.score(signal, signal)
        assert str(path) in str(raised.value)
        assert "pip install --no-deps distillmos==0.9.1 --force-reinstall" in str(raised.value)
        assert "\n" not in str(raised.value)
    path.write_bytes(path.read_bytes()[:10_000])
    with pytest.raises(MetricUnavailable, match="cannot be loaded"):
        METRIC.score(signal, signal)
