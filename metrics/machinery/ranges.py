"""What in a recording misleads metrics: it lies outside the range that they were made for.

    quiet             an RMS below -45 dBFS. ViSQOL and spectral distances compare what is above an
                      absolute floor: at one and the same SNR of 22 dB, ViSQOL reads 1.6 at -36 dBFS
                      and 4.7 at -66, and the log-spectral distance falls from 12 to 0.5 dB
    DC offset         a mean of more than 5 % of the RMS. Codecs remove it, and metrics miss it
    rumble            energy below 50 Hz, where speech has none, of more than -12 dB of the rest:
                      codecs remove it, trackers of pitch and voicing follow it
    narrow            nothing above 4.2 kHz, as in telephony: models that learned wideband speech
                      call it distorted, and metrics that find it in both signals call it good
    channels cancel   the mean of the channels is 20 dB or more below them: one is wired the wrong
                      way round

What a metric makes of it, it declares (`Metric.misled`).
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ..base import Metric, Signal
from .signals import rms

QUIET = -45.0  # dBFS
OFFSET = 0.05  # of the RMS
RUMBLE_HZ, RUMBLE = 50.0, -12.0  # dB of what is above
NARROW_HZ, NARROW = 4200.0, -55.0  # dB of what is below
CANCELLED = 20.0  # dB
SHORTEST = 0.25  # seconds, of which more than the level can be told
SAID = {
    "quiet": f"lie under {QUIET:g} dBFS",
    "DC offset": f"have a DC offset of more than {100 * OFFSET:g} % of their RMS",
    "rumble": f"have rumble below {RUMBLE_HZ:g} Hz",
    "narrow": f"have nothing above {NARROW_HZ / 1000:g} kHz",
    "channels cancel": "have channels that cancel each other",
}
_FRAME, _FRAMES = 4096, 256  # samples; frames at a time


def traits(signal: Signal, rate: int) -> tuple[str, ...]:
    """What misleads metrics in a signal [T], as notices: each starts with its kind.

    Args:
        signal: mono, within [-1, 1].
        rate: in Hz.
    """
    level = rms(signal)
    if not level:
        return ("quiet: every sample is 0",)
    return tuple(_traits(signal, rate, level))


def _traits(signal: Signal, rate: int, level: float) -> Iterator[str]:
    if (decibel := 20 * np.log10(level)) < QUIET:
        yield f"quiet: {decibel:.1f} dBFS RMS"
    if len(signal) < SHORTEST * rate:
        return
    if abs(mean := float(signal.mean())) > OFFSET * level:
        yield f"DC offset: {mean:+.4f} of full scale"
    low, middle, high = _bands(signal - mean, rate)
    if low > 10 ** (RUMBLE / 10) * (middle + high):
        yield f"rumble: {_decibel(low, middle + high):+.0f} dB below {RUMBLE_HZ:g} Hz"
    if rate <= 2 * NARROW_HZ:
        yield f"narrow: sampled at {rate} Hz"
    elif high < 10 ** (NARROW / 10) * (low + middle):
        yield f"narrow: {_decibel(high, low + middle):.0f} dB above {NARROW_HZ / 1000:g} kHz"


def cancelling(channels: int, energy: float, signal: Signal) -> tuple[str, ...]:
    """A notice if channels cancel each other.

    Args:
        channels: how many there are.
        energy: mean over channels of the sum of squares of each.
        signal: their mean [T].
    """
    mixed = float(np.sum(signal**2))
    if channels < 2 or mixed * 10 ** (CANCELLED / 10) > energy or not energy:
        return ()
    depth = f"{_decibel(energy, mixed):.0f} dB below them" if mixed else "silent"
    return (f"channels cancel: the mean of {channels} is {depth}",)


def kind_of(notice: str) -> str:
    """The kind of trait that a notice tells; "" for another notice."""
    kind = notice.partition(":")[0]
    return kind if kind in SAID else ""


def checks(
    notices: Sequence[tuple[str, str]], metrics: Mapping[str, Metric], items: int
) -> list[str]:
    """A sentence a kind on the references of a run, and on what each metric makes of it.

    Args:
        notices: item, notice.
        metrics: of the run, by name.
        items: how many there are.
    """
    found = []
    for kind, said in SAID.items():
        count = len({item for item, notice in notices if kind_of(notice) == kind})
        misled = [metric.misled[kind] for metric in metrics.values() if kind in metric.misled]
        if count:
            effect = ": " + ", ".join(f"{clause} with it" for clause in misled) if misled else ""
            found.append(f"{count} of {items} references {said}{effect}")
    return found


def _bands(signal: Signal, rate: int) -> tuple[float, float, float]:
    """Power below the rumble's limit, above the narrow band's, and between, of a signal [T]."""
    power = np.zeros(_FRAME // 2 + 1)
    window = np.hanning(_FRAME)
    for start in range(0, len(signal), _FRAME * _FRAMES):
        part = signal[start : start + _FRAME * _FRAMES]
        frames = np.pad(part, (0, -len(part) % _FRAME)).reshape(-1, _FRAME)
        power += (np.abs(np.fft.rfft(frames * window)) ** 2).sum(axis=0)
    hertz = np.fft.rfftfreq(_FRAME, 1 / rate)
    low, high = hertz < RUMBLE_HZ, (hertz > NARROW_HZ) & (hertz < 8000)
    return float(power[low].sum()), float(power[~(low | high)].sum()), float(power[high].sum())


def _decibel(one: float, other: float) -> float:
    return float(10 * np.log10((one + 1e-30) / (other + 1e-30)))
