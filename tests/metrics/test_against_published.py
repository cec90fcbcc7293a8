"""Metrics against the packages and repositories of their authors, on recordings of speech.

These compute what the suite computes anew. They ask for versions of others that do not go together,
so that they are no dependency of the tests: docs/weight_metrics.md says how to have them beside
each other. Everything is skipped without $NSCBENCH_SPEECH, a folder or manifest of recordings;
networks of repositories need their clones in $NSCBENCH_REPOSITORIES, too.

The largest differences are printed (`pytest -s`), as the documentation states them.
"""

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import soundfile
from scipy import ndimage

from nscbench import metrics
from nscbench.benchmarks.data.items import read_items
from nscbench.codecs import registry
from nscbench.codecs.audio.reading import read_audio
from nscbench.codecs.noise import Noise
from nscbench.metrics.machinery.signals import resample
from nscbench.metrics.per import phones

torch = pytest.importorskip("torch")

RATE, ITEMS = 16_000, 10
SPEECH = os.environ.get("NSCBENCH_SPEECH", "")
REPOSITORIES = os.environ.get("NSCBENCH_REPOSITORIES", "")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SPEECH, reason="NSCBENCH_SPEECH names no recordings"),
]


@pytest.fixture(scope="module")
def pairs():
    """Reference and degraded: recordings, each as it is and after Codec2 at 3.2 kbit/s."""
    codec, found = registry.make("codec2", {"kbps": 3.2}), []
    for item in read_items(SPEECH)[:ITEMS]:
        signal, rate, _ = read_audio(item.path)
        clean = np.clip(resample(signal, rate, RATE), -1, 1)
        payloads = codec.encode(
            [torch.from_numpy(resample(signal, rate, codec.sample_rate)).float()]
        )
        (decoded,) = codec.decode(payloads, Noise.of([item.id]))
        coded = np.clip(resample(decoded.double().numpy(), codec.sample_rate, RATE), -1, 1)
        coded = np.pad(coded, (0, max(0, len(clean) - len(coded))))[: len(clean)]
        found += [(clean, clean), (clean, coded)]
    assert len(found) == 2 * ITEMS
    return found


def largest_difference(name, column, pairs, published):
    """Between our column and what `published(reference, degraded)` gives, which is printed."""
    metric = metrics.get(name)
    if missing := metric.unavailable():
        pytest.skip(missing)
    found = max(abs(metric.score(*pair)[column] - published(*pair)) for pair in pairs)
    print(f"{column}: {found:.1e}")
    return found


def repository(name):
    """The folder of a clone."""
    folder = Path(REPOSITORIES, name)
    if not REPOSITORIES or not folder.is_dir():
        pytest.skip(f"no {name} in NSCBENCH_REPOSITORIES")
    return folder


@pytest.fixture
def librosa():
    return pytest.importorskip("librosa")


def stub(monkeypatch, name, **content):
    """A module in the place of one that is imported and not used, or is gone."""
    module = ModuleType(name)
    vars(module).update(content)
    monkeypatch.setitem(sys.modules, name, module)


def test_distill_mos_is_its_packages(pairs, monkeypatch):
    pytest.importorskip("xls_r_sqa.config")
    stub(monkeypatch, "torchaudio")  # for files only
    network = pytest.importorskip("distillmos").ConvTransformerSQAModel().eval()

    def published(reference, degraded):
        with torch.no_grad():
            return network(torch.from_numpy(degraded).float()[None]).item()

    assert largest_difference("distill_mos", "distill_mos", pairs, published) < 1e-5


def test_ge2e_is_resemblyzers(pairs, librosa, monkeypatch):
    stub(monkeypatch, "scipy.ndimage.morphology", binary_dilation=ndimage.binary_dilation)
    resemblyzer = pytest.importorskip("resemblyzer")
    encoder = resemblyzer.VoiceEncoder("cpu", verbose=False)

    def published(reference, degraded):
        ours, theirs = (
            encoder.embed_utterance(resemblyzer.preprocess_wav(signal))
            for signal in (reference, degraded)
        )
        return float(ours @ theirs)

    column = "speaker_similarity_ge2e"
    assert largest_difference(column, column, pairs, published) < 1e-5


def test_warp_q_is_its_packages(pairs, librosa, monkeypatch):
    """The package rounds to three digits."""
    monkeypatch.setattr(np.lib, "pad", np.pad, raising=False)  # NumPy 1
    pytest.importorskip("pyvad")
    measure = pytest.importorskip("warpq.core").warpqMetric(n_jobs=1).evaluate

    def published(reference, degraded):
        return measure(reference, degraded, arr_sr=RATE)["raw_warpq_score"]

    assert largest_difference("warp_q", "warp_q", pairs, published) < 0.000501


def test_dnsmos_pro_is_its_repositorys(pairs, librosa, monkeypatch):
    folder = repository("DNSMOSPro")
    stub(monkeypatch, "gin", configurable=lambda function: function)
    monkeypatch.syspath_prepend(folder)
    stft = importlib.import_module("utils").stft
    network = torch.jit.load(folder / "runs" / "NISQA" / "model_best.pt", map_location="cpu")

    def published(reference, degraded):
        spectrogram = torch.FloatTensor(stft(degraded))
        with torch.no_grad():
            return network(spectrogram[None, None])[0, 0].item()

    assert largest_difference("dnsmos_pro", "dnsmos_pro", pairs, published) < 1e-5


@pytest.mark.filterwarnings("ignore:Empty filters")
def test_nisqa_is_its_repositorys(pairs, librosa, monkeypatch, tmp_path):
    folder = repository("NISQA")
    monkeypatch.syspath_prepend(folder)
    nisqa = importlib.import_module("nisqa.NISQA_lib")
    path = folder / "weights" / "nisqa.tar"
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    settings = checkpoint["args"]
    taken = nisqa.NISQA_DIM.__init__.__code__.co_varnames
    network = nisqa.NISQA_DIM(**{k: v for k, v in settings.items() if k in taken and k != "self"})
    network.load_state_dict(checkpoint["model_state_dict"])
    network.eval()

    def published(reference, degraded):
        soundfile.write(tmp_path / "degraded.wav", degraded, RATE, subtype="DOUBLE")
        levels = nisqa.get_librosa_melspec(
            str(tmp_path / "degraded.wav"),
            sr=settings["ms_sr"],
            n_fft=settings["ms_n_fft"],
            hop_length=settings["ms_hop_length"],
            win_length=settings["ms_win_length"],
            n_mels=settings["ms_n_mels"],
            fmax=settings["ms_fmax"],
        )
        lengths = (
            settings[f"ms_{name}"] for name in ("seg_length", "seg_hop_length", "max_segments")
        )
        segments, number = nisqa.segment_specs("", levels, *lengths)
        with torch.no_grad():
            return network(segments[None].float(), torch.tensor(number)[None])[0, 0].item()

    assert largest_difference("nisqa", "nisqa", pairs, published) < 1e-4


def test_phones_and_their_errors_are_those_of_hama_and_jiwer(pairs):
    recognizer = pytest.importorskip("hama").ASRModel()
    jiwer = pytest.importorskip("jiwer")

    def published(reference, degraded):
        said, heard = (
            recognizer.transcribe_waveform(signal, sample_rate=RATE).phonemes
            for signal in (reference, degraded)
        )
        assert tuple(heard) == phones(degraded)
        return jiwer.process_words(" ".join(said), " ".join(heard)).wer

    assert largest_difference("per", "per", pairs, published) < 1e-12
