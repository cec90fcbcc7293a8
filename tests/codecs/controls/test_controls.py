import numpy as np
import pytest
import torch

from nscbench.codecs import CodecError, get
from nscbench.codecs.bitstream import BitstreamError
from nscbench.codecs.controls.mnru import LADDER
from nscbench.codecs.noise import Noise


def decibels(power):
    return 10 * np.log10(power + 1e-30)


def power(signal):
    return float(np.mean(np.asarray(signal, np.float64) ** 2))


def tone(frequency, seconds=2.0, level=0.25):
    time = np.arange(round(16_000 * seconds)) / 16_000
    return torch.from_numpy((level * np.sin(2 * np.pi * frequency * time)).astype(np.float32))


def round_trip(condition, signal, seed=1):
    codec = get(condition)
    return codec.decode(codec.encode([signal]), Noise([seed]))[0]


@pytest.mark.parametrize("q", LADDER)
def test_mnru_has_its_q(q):
    speech = tone(440, seconds=6)
    noise = round_trip(f"mnru-{q}", speech) - speech
    assert decibels(power(speech) / power(noise)) == pytest.approx(q, abs=0.15)


def test_mnru_noise_follows_the_speech():
    loud, quiet = tone(440, 1, level=0.25), tone(440, 1, level=0.025)
    noise = round_trip("mnru-20", torch.cat([loud, quiet])) - torch.cat([loud, quiet])
    assert decibels(power(noise[:16_000]) / power(noise[16_000:])) == pytest.approx(20, abs=0.5)


def test_points_of_the_ladder_share_their_noise():
    speech = tone(440)
    coarse = round_trip("mnru-10", speech) - speech
    fine = round_trip("mnru-30", speech) - speech
    np.testing.assert_allclose(coarse, 10 * fine, atol=2e-4)  # speech in 16 bits


def test_noise_sends_the_length_and_nothing_else():
    codec = get("noise")
    payloads = codec.encode([tone(440, 1), torch.zeros(16_000), torch.zeros(258)])
    assert payloads == [b"\x80\x3e\0\0", b"\x80\x3e\0\0", b"\x02\x01\0\0"]
    assert codec.nominal_kbps == 0


def test_noise_is_white_at_its_level():
    signal = round_trip("noise", torch.zeros(160_000)).numpy()
    assert decibels(power(signal)) == pytest.approx(-26, abs=0.1)
    spectrum = np.abs(np.fft.rfft(signal)) ** 2
    bands = [band.mean() for band in np.array_split(spectrum, 8)]
    assert decibels(max(bands) / min(bands)) < 0.5


def test_noise_refuses_a_length_of_gigabytes():
    with pytest.raises(BitstreamError, match="3600 s"):
        get("noise").decode([b"\xff\xff\xff\xff"], Noise([1]))


def test_only_the_swapped_control_is_paired_with_the_next_item():
    assert get("swapped").pairing == "next"
    assert get("pcm").pairing == "own"
    assert torch.equal(round_trip("swapped", tone(440)), round_trip("pcm", tone(440)))


@pytest.mark.parametrize(("condition", "kept", "removed"), [
    ("lowpass-3.5", 3400, 4600),
    ("lowpass-7", 6900, 7700),
])  # fmt: skip
def test_lowpass_keeps_and_removes(condition, kept, removed):
    inner = slice(1000, -1000)
    below = round_trip(condition, tone(kept))[inner]
    above = round_trip(condition, tone(removed))[inner]
    np.testing.assert_allclose(below, tone(kept)[inner], atol=3e-3)
    assert decibels(power(above) / power(tone(removed))) < -50


def test_pcm_is_exact_at_16_bits_and_clips():
    values = torch.tensor([-1.5, -1, -1 / 32768, 0, 0.5, 32767 / 32768, 1, 2])
    expected = [-1, -1, -1 / 32768, 0, 0.5, 32767 / 32768, 32767 / 32768, 32767 / 32768]
    assert round_trip("pcm", values).tolist() == expected


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_pcm_refuses_what_has_no_value(value):
    with pytest.raises(CodecError, match="NaN or infinite"):
        get("pcm").encode([torch.tensor([0.0, value])])


@pytest.mark.parametrize("condition", ["mnru-12", "lowpass-5"])
def test_points_beside_the_table_are_refused(condition):
    with pytest.raises(CodecError, match="there are: 5, 10|there are: 3.5, 7"):
        get(condition)


def test_one_point_has_one_identity():
    assert repr(get("lowpass-7.0")) == repr(get("lowpass-7"))
