"""Makes the embedded demo set, `demo/`: 16 sentences, 8 synthetic voices, two sentences each.

    python -m nscbench.benchmarks.data.make_demo [FOLDER]

Needs Debian's packages flite, espeak-ng, rhvoice and rhvoice-english (the last two are in the
section non-free because of other voices that they bring; the two used here are free). The
synthesizers draw no random numbers: with the same versions of them and of soxr, the same samples
come out.

Each recording is brought to 16 kHz, cut to 0.1 s before and after the speech, and scaled so that
the speech (frames within 35 dB of the loudest) has -26 dB of full scale, the level of ITU-T P.830.
The synthesizers speak at the tempo and pitch that their voices have.

The sentences are chosen to last 4.51 to 5 s: DNSMOS doubles a clip until it has 9.01 s and rates a
window at each second of the result, so a slightly shorter clip costs twice as much as one of these.
"""

import csv
import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

RATE = 16_000  # Hz
LEVEL = -26.0  # dB of full scale, RMS of the frames that hold speech
MARGIN = 0.1  # seconds kept before and after the speech
FRAME = 320  # samples, 20 ms
COLUMNS = ("id", "path", "speaker", "sex", "text", "sha256", "origin", "voice", "synthesizer")


class DemoVoice(NamedTuple):
    """One speaker of the set."""

    speaker: str
    sex: str
    name: str
    synthesizer: str
    command: Callable[[str, str], list[str]]  # of a text and the WAV file to write
    sentences: tuple[str, ...]


def flite(voice: str) -> Callable[[str, str], list[str]]:
    """Command line of a flite voice."""
    return lambda text, wav: ["flite", "-voice", voice, "-t", text, "-o", wav]


def espeak(voice: str) -> Callable[[str, str], list[str]]:
    """Command line of an espeak-ng voice and variant."""
    return lambda text, wav: ["espeak-ng", "-v", voice, "-w", wav, text]


def rhvoice(voice: str) -> Callable[[str, str], list[str]]:
    """Command line of an RHVoice voice; it reads the text from its standard input."""
    return lambda text, wav: ["RHVoice-test", "-p", voice, "-o", wav]


VOICES = (
    DemoVoice(
        "synthetic_f1",
        "F",
        "cmu_us_slt, clustergen",
        "flite 2.2",
        flite("slt"),
        (
            "The early ferry leaves the harbour at six, and nobody aboard is ever fully awake.",
            "Choose a measure of white rice, rinse it twice, and boil it slowly without a lid.",
        ),
    ),
    DemoVoice(
        "synthetic_f2",
        "F",
        "clb, HMM",
        "RHVoice 1.8.0",
        rhvoice("clb"),
        (
            "We should have brought much thicker gloves, for the whole of the "
            "north path was all ice.",
            "A judge from the next village put a huge orange ribbon around the "
            "neck of the winning goat.",
        ),
    ),
    DemoVoice(
        "synthetic_f3",
        "F",
        "en-us+f2, formant",
        "espeak-ng 1.51",
        espeak("en-us+f2"),
        (
            "The choir sang on through the storm, even though half of the roof of "
            "the church had blown away.",
            "Yesterday a young yak chewed the yellow rope that held the tent, and nobody woke up.",
        ),
    ),
    DemoVoice(
        "synthetic_f4",
        "F",
        "en-gb-x-rp+Annie, formant",
        "espeak-ng 1.51",
        espeak("en-gb-x-rp+Annie"),
        (
            "My aunt keeps a jar of dark honey on the shelf behind the piano, where nobody looks.",
            "Nothing in the garage was worth stealing, not even the bicycle, so they took the dog.",
        ),
    ),
    DemoVoice(
        "synthetic_m1",
        "M",
        "cmu_us_rms, clustergen",
        "flite 2.2",
        flite("rms"),
        (
            "The mechanic shook his head, closed the bonnet, and named a very high price.",
            "Zinc and copper give you brass, while copper and tin give you bronze.",
        ),
    ),
    DemoVoice(
        "synthetic_m2",
        "M",
        "cmu_us_awb, clustergen",
        "flite 2.2",
        flite("awb"),
        (
            "Nine tall poplars stand along the narrow road between the old mill and the church.",
            "He put the usual cushion by the fire and waited a long while for the "
            "dog to come home.",
        ),
    ),
    DemoVoice(
        "synthetic_m3",
        "M",
        "bdl, HMM",
        "RHVoice 1.8.0",
        rhvoice("bdl"),
        (
            "Few people in this town know that the stone bridge was moved here "
            "from another river long ago.",
            "The teacher drew a large square on the board and asked each of us, in "
            "turn, for its area.",
        ),
    ),
    DemoVoice(
        "synthetic_m4",
        "M",
        "cmu_us_kal, diphones",
        "flite 2.2",
        flite("kal16"),
        (
            "Turn left at the chapel, go straight over the hill, and look for a green door.",
            "The engine coughed twice, threw out blue smoke, and would not start.",
        ),
    ),
)


def main() -> None:
    """Write the set to the folder of the first argument, or to `demo/` beside this file."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    for voice in VOICES:
        for number, text in enumerate(voice.sentences, 1):
            name = f"{voice.speaker}_{number:02}"
            path = folder / f"{name}.flac"
            write_recording(path, prepared(*spoken(voice, text, path.with_suffix(".wav"))), voice)
            digest = sha256(path.read_bytes()).hexdigest()
            row = (name, path.name, voice.speaker, voice.sex, text, digest)
            writer.writerow((*row, "synthetic", voice.name, voice.synthesizer))
    (folder / "manifest.csv").write_text(table.getvalue(), encoding="utf-8")


def spoken(voice: DemoVoice, text: str, wav: Path) -> tuple[NDArray[np.float64], int]:
    """Signal [T] and rate in Hz of a text as the voice speaks it; `wav` is a temporary file."""
    subprocess.run(
        voice.command(text, str(wav)), input=text, text=True, check=True, capture_output=True
    )
    signal, rate = soundfile.read(wav, dtype="float64")
    wav.unlink()
    return signal, rate


def prepared(signal: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """The signal [T] at `RATE`, with the set's margins and level."""
    signal = soxr.resample(signal, rate, RATE, quality="VHQ")
    power = np.array([np.mean(frame**2) for frame in _frames(signal)])
    active = np.flatnonzero(power > power.max() * 10**-3.5)
    margin = round(MARGIN * RATE)
    begin = max(0, active[0] * FRAME - margin)
    end = (active[-1] + 1) * FRAME + margin
    gain = 10 ** (LEVEL / 20) / float(np.sqrt(power[active].mean()))
    return np.asarray(signal[begin:end] * gain, dtype=np.float64)


def _frames(signal: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    for start in range(0, len(signal) - FRAME + 1, FRAME):
        yield signal[start : start + FRAME]


def write_recording(path: Path, signal: NDArray[np.float64], voice: DemoVoice) -> None:
    """Write a signal [T] at `RATE`; the file says what spoke it."""
    with soundfile.SoundFile(path, "w", RATE, channels=1, subtype="PCM_16") as file:
        file.comment = f"Synthetic speech: {voice.synthesizer}, voice {voice.name}"
        file.write(signal)


if __name__ == "__main__":
    main()
