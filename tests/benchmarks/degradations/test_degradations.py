"""Each degradation against its closed form."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from nscbench.benchmarks.degradations import DegradationError, available, make
from nscbench.benchmarks.degradations.base import NotApplicable, Place
from nscbench.benchmarks.degradations.bit_errors import flipped
from nscbench.benchmarks.degradations.channel import remake
from nscbench.benchmarks.degradations.declared import read
from nscbench.benchmarks.run.maker_digests import maker
from nscbench.benchmarks.store.refusals import REFUSED
from nscbench.codecs import CodecError, get
from nscbench.codecs.bitstream import BitstreamError
from nscbench.codecs.noise import Noise

RATE = 16_000
GATE = np.repeat([1.0, 0.0, 0.7, 1.0], RATE // 2)


def voice(seed=0, level=0.05):
    """Two seconds of noise in bursts."""
    return level * GATE * np.random.default_rng(seed).standard_normal(2 * RATE)


def place(item="a"):
    return Place(item, [lambda rate, n=n: voice(n) for n in (1, 2, 3)])


def decibels(power):
    return 10 * np.log10(power)


def apply(kind, signal=None, item="a", **settings):
    return make(kind, settings).apply(voice() if signal is None else signal, RATE, place(item))


@pytest.mark.parametrize("noise", ["white", "speech", "babble"])
@pytest.mark.parametrize("snr", [20, 10, 0, -5])
def test_noise_has_the_ratio_that_was_asked_for(noise, snr):
    degraded = apply("noise", snr_db=snr, noise=noise)
    added = degraded - voice()
    assert decibels(np.mean(voice() ** 2) / np.mean(added**2)) == pytest.approx(snr, abs=0.01)


def test_a_mixture_beyond_full_scale_is_scaled_and_keeps_its_ratio():
    loud = voice(level=0.25)
    degraded = apply("noise", loud, snr_db=0)
    assert np.abs(degraded).max() == 1
    gain = np.dot(degraded, loud) / np.dot(loud, loud)  # the noise is nearly orthogonal
    residual = degraded - gain * loud
    ratio = decibels(gain**2 * np.mean(loud**2) / np.mean(residual**2))
    assert ratio == pytest.approx(0, abs=0.15)


def test_noise_is_the_items_own_and_the_same_at_every_level():
    one, other = (apply("noise", snr_db=snr) - voice() for snr in (20, 0))
    assert_allclose(10 * one, other, atol=1e-12)
    assert not np.allclose(one, apply("noise", snr_db=20, item="b") - voice())


def test_speech_noise_has_the_spectrum_of_the_recording():
    low = np.convolve(np.random.default_rng(5).standard_normal(4 * RATE), np.ones(16) / 16, "same")
    added = apply("noise", 0.1 * low, snr_db=0, noise="speech") - 0.1 * low
    spectra = [np.abs(np.fft.rfft(x)).reshape(-1)[:-1] ** 2 for x in (0.1 * low, added)]
    bands = [decibels(s.reshape(16, -1).sum(axis=1)) for s in spectra]
    assert_allclose(bands[0], bands[1], atol=1.5)


@pytest.mark.parametrize("db", [-20, -6, 6])
def test_level_is_the_ratio(db):
    assert_allclose(apply("level", db=db), voice() * 10 ** (db / 20), rtol=1e-12)


def test_level_clips_at_full_scale():
    assert_allclose(apply("level", np.array([0.9, -0.9, 0.1]), db=20), [1, -1, 1])


@pytest.mark.parametrize("percent", [1, 10, 50])
def test_clipping_cuts_the_share(percent):
    ramp = np.random.default_rng(0).permutation(np.linspace(-0.9, 0.9, 10_000))
    degraded = apply("clipping", ramp, percent=percent)
    top = np.abs(degraded).max()
    assert np.mean(np.abs(ramp) >= top) == pytest.approx(percent / 100, abs=1e-4)
    assert_allclose(degraded, np.clip(ramp, -top, top))
    assert top == pytest.approx(0.9 * (1 - percent / 100), abs=2e-4)


@pytest.mark.parametrize("rt60", [0.3, 0.8])
def test_reverberation_decays_by_60_db_in_its_time(rt60):
    """Backward integration (M. R. Schroeder, JASA 37, 1965), line from -5 to -35 dB: T30."""
    room = make("reverberation", {"rt60": rt60})
    impulse = np.zeros(2 * RATE)
    impulse[0] = 0.5
    tail = room.apply(impulse, RATE, place())[round(0.01 * RATE) :]
    decay = decibels(np.cumsum(tail[::-1] ** 2)[::-1] + 1e-30)
    decay -= decay[0]
    fit = (decay <= -5) & (decay >= -35)
    slope = np.polyfit(np.arange(len(decay))[fit] / RATE, decay[fit], 1)[0]
    assert -60 / slope == pytest.approx(rt60, rel=0.05)


def test_reverberation_keeps_level_and_its_direct_ratio():
    assert np.std(apply("reverberation", rt60=0.3)) == pytest.approx(np.std(voice()), rel=0.01)
    response = make("reverberation", {"rt60": 0.5, "drr_db": 6}).response(RATE, "a")
    assert decibels(response[0] ** 2 / np.sum(response[1:] ** 2)) == pytest.approx(6)


@pytest.mark.parametrize(
    ("hertz", "least", "most"),
    [(100, -200, -60), (245, -200, -60), (360, -0.02, 0.02), (1000, -0.02, 0.02),
     (3340, -0.02, 0.02), (3460, -200, -60), (6000, -200, -60), (300, -6.2, -5.8)],
)  # fmt: skip
def test_the_band_ends_at_its_edges(hertz, least, most):
    tone = 0.5 * np.sin(2 * np.pi * hertz * np.arange(2 * RATE) / RATE)
    middle = slice(RATE // 2, -RATE // 2)
    gain = np.std(apply("band", tone)[middle]) / np.std(tone[middle])
    assert least <= 20 * np.log10(gain) <= most


def test_the_band_does_not_delay():
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)
    assert_allclose(apply("band", tone)[2000:-2000], tone[2000:-2000], atol=2e-3)


def test_a_band_that_the_rate_does_not_hold_is_refused():
    with pytest.raises(DegradationError, match="which end at 4000 Hz"):
        make("band", {"high_hz": 4000}).apply(voice(), 8000, place())


def test_silence_is_a_quiet_room():
    assert decibels(np.mean(apply("silence") ** 2)) == pytest.approx(-60, abs=0.1)


def test_music_has_length_and_level_of_the_item_and_pitches_of_its_own():
    one, other = (apply("music", item=item) for item in "ab")
    assert len(one) == len(voice())
    assert np.std(one) == pytest.approx(np.std(voice()), rel=0.02)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.2
    power = np.abs(np.fft.rfft(one * np.hanning(len(one)))) ** 2
    ordered = np.sort(power)[::-1]
    assert ordered[: len(power) // 50].sum() > 0.8 * power.sum()  # partials, no noise floor


def test_lengths_are_exact_and_short_ones_the_loudest_stretch():
    signal = np.concatenate([np.zeros(RATE), voice(), np.zeros(RATE)])
    short = apply("length", signal, seconds=0.2)
    assert len(short) == 3200
    assert np.sum(short**2) > 1.5 * 0.2 * np.sum(signal**2) / 2
    long = apply("length", signal, seconds=10)
    assert len(long) == 10 * RATE
    assert_allclose(long[len(signal) : 2 * len(signal)], signal)


def uniform(count, seed=0):
    return np.random.default_rng(seed).random(count)


@pytest.mark.parametrize("percent", [1, 5, 20])
@pytest.mark.parametrize("burst", [0, 1.5, 3, 10])
def test_losses_have_their_share_and_their_bursts(percent, burst):
    lost = make("loss", {"percent": percent, "burst": burst}).pattern(uniform(400_000))
    starts = np.count_nonzero(lost[1:] & ~lost[:-1]) + lost[0]
    expected = burst or 1 / (1 - percent / 100)
    assert lost.mean() == pytest.approx(percent / 100, rel=0.06)
    assert lost.sum() / starts == pytest.approx(expected, rel=0.06)


def test_independent_losses_do_not_know_of_each_other():
    lost = make("loss", {"percent": 20}).pattern(uniform(400_000)).astype(float)
    assert abs(np.corrcoef(lost[1:], lost[:-1])[0, 1]) < 0.01


def test_bits_flip_at_their_rate_and_by_the_payload_alone():
    payload = np.random.default_rng(0).bytes(50_000)
    damaged = flipped(payload, 0.01)
    errors = np.unpackbits(np.frombuffer(payload, np.uint8) ^ np.frombuffer(damaged, np.uint8))
    assert errors.mean() == pytest.approx(0.01, rel=0.1)
    assert flipped(payload, 0.01) == damaged
    assert flipped(payload, 0) == payload


def audio():
    return [torch.from_numpy(voice(seed).astype(np.float32)) for seed in (0, 1)]


def test_tandem_is_the_codec_again_and_again():
    codec, signals = get("mnru-10"), audio()
    twice = make("tandem", {"times": 2}).wrap(get("g711"))
    plain = get("g711")
    narrow = [signal[::2] for signal in signals]
    once = plain.decode(plain.encode(narrow), Noise.of("ab"))
    again = plain.encode([x[: len(s)] for x, s in zip(once, narrow, strict=True)])
    assert twice.encode(narrow) == again
    stochastic = make("tandem", {"times": 2}).wrap(codec)
    together = stochastic.encode(signals)
    assert together == [stochastic.encode([signal])[0] for signal in signals]


def test_a_refused_payload_says_so():
    codec = make("bit-errors", {"rate": 0.5}).wrap(get("pcm"))
    with pytest.raises(BitstreamError, match=f"^{REFUSED}3 bytes are not a whole number"):
        codec.decode([b"odd"], Noise.of("a"))


def test_loss_is_for_codecs_that_conceal():
    with pytest.raises(NotApplicable, match="g711 does not conceal lost frames"):
        make("loss", {"percent": 5}).wrap(get("g711"))


@pytest.mark.parametrize(
    "table",
    [{"kind": "loss", "percent": 10, "burst": 3}, {"kind": "tandem", "times": 3},
     {"kind": "bit-errors", "rate": 0.01}],
)  # fmt: skip
def test_a_codec_in_a_channel_goes_by_its_name_and_is_made_again(table):
    plain = get("lc3-32")
    (declared,) = read([table])
    codec = declared.degradation.wrap(plain)
    assert (codec.condition, codec.point, codec.name) == ("lc3-32", "lc3-32", "lc3")
    assert remake(codec.name, codec.arguments()) == codec
    assert codec.wrapped == plain
    assert remake(plain.name, plain.arguments()) == plain
    assert maker(codec, "cpu") != maker(plain, "cpu")
    payloads = codec.encode(audio())
    assert len(codec.decode(payloads, Noise.of("ab"))) == 2


def test_what_is_no_channel_any_more_is_a_codec_error():
    with pytest.raises(CodecError, match="no degradation is called 'fog'"):
        remake("pcm", {"degradation": {"kind": "fog"}})


def test_tables_are_grids():
    found = read(
        [{"kind": "noise", "noise": ["white", "babble"], "snr_db": [10, 0], "items": 2},
         {"kind": "music", "metrics": ["lsd"]}]
    )  # fmt: skip
    assert [d.degradation.label for d in found] == [
        *("noise-white-10dB", "noise-white-0dB", "noise-babble-10dB", "noise-babble-0dB"),
        "music",
    ]
    assert [d.items for d in found] == [2, 2, 2, 2, None]
    assert found[-1].metrics == ["lsd"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"snr_db": 3}, 'needs kind = "name"'),
        ({"kind": "fog"}, "no degradation is called 'fog'; there are: band, bit-errors"),
        ({"kind": "noise"}, "noise: .*missing.*'snr_db'.*its settings: snr_db, noise"),
        ({"kind": "noise", "snr": 3}, "noise has no setting 'snr'; it has: snr_db, noise"),
        ({"kind": "noise", "snr_db": "loud"}, "snr_db must be -30 to 80, not 'loud'"),
        ({"kind": "noise", "snr_db": 3, "noise": "pink"}, "no noise is called 'pink'"),
        ({"kind": "level", "db": [3, 3]}, r"the degradation level\+3dB appears twice"),
        ({"kind": "level", "db": True}, "db must be -60 to 40, not True"),
        ({"kind": "tandem", "times": 1}, "times must be 2 to 20, not 1"),
        ({"kind": "tandem", "times": 2.5}, "times must be a whole number, not 2.5"),
        ({"kind": "music", "items": 0}, "items must be 1 or more, not 0"),
        ({"kind": "music", "metrics": "lsd"}, "metrics must be names, not 'lsd'"),
        ({"kind": "loss", "percent": 80, "burst": 2}, "needs bursts of 4 frames or more, not 2"),
        ({"kind": "band", "low_hz": 500, "high_hz": 600}, "high_hz must be 700 to 24000, not 600"),
    ],
)
def test_what_is_not_allowed_is_said(table, message):
    with pytest.raises(DegradationError, match=message):
        read([table])


def test_every_kind_is_found():
    assert set(available()) >= {
        *("band", "bit-errors", "clipping", "length", "level", "loss", "music", "noise"),
        *("reverberation", "silence", "tandem"),
    }
