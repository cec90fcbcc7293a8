"""Makes the embedded set of words, `words/`: six pairs of a diagnostic rhyme test, two voices.

    python -m nscbench.benchmarks.data.make_words [FOLDER]

Made like the demo set, by Debian's package flite. The pairs are of the list of ANSI/ASA S3.2, one
for each feature; a whole test has 96. `words.csv` is what a listening test takes (`--words`).
"""

import csv
import io
import sys
from hashlib import sha256
from pathlib import Path

from .make_demo import COLUMNS, DemoVoice, flite, prepared, spoken, write_recording

PAIRS = {  # by feature; the first word has it
    "voicing": ("veal", "feel"),
    "nasality": ("meat", "beat"),
    "sustention": ("vee", "bee"),
    "sibilation": ("zee", "thee"),
    "graveness": ("weed", "reed"),
    "compactness": ("yield", "wield"),
}
VOICES = (
    DemoVoice("synthetic_f1", "F", "cmu_us_slt, clustergen", "flite 2.2", flite("slt"), ()),
    DemoVoice("synthetic_m1", "M", "cmu_us_rms, clustergen", "flite 2.2", flite("rms"), ()),
)


def main() -> None:
    """Write the set to the folder of the first argument, or to `words/` beside this file."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "words"
    folder.mkdir(parents=True, exist_ok=True)
    recordings, words = io.StringIO(newline=""), io.StringIO(newline="")
    of_recordings = csv.writer(recordings, lineterminator="\n")
    of_words = csv.writer(words, lineterminator="\n")
    of_recordings.writerow(COLUMNS)
    of_words.writerow(("item", "word", "alternatives", "feature"))
    for number, (feature, pair) in enumerate(PAIRS.items()):
        voice = VOICES[number % len(VOICES)]
        for word in pair:
            name = f"synthetic_{word}"
            path = folder / f"{name}.flac"
            write_recording(path, prepared(*spoken(voice, word, path.with_suffix(".wav"))), voice)
            digest = sha256(path.read_bytes()).hexdigest()
            row = (name, path.name, voice.speaker, voice.sex, word, digest)
            of_recordings.writerow((*row, "synthetic", voice.name, voice.synthesizer))
            of_words.writerow((name, word, "|".join(pair), feature))
    (folder / "manifest.csv").write_text(recordings.getvalue(), encoding="utf-8")
    (folder / "words.csv").write_text(words.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    main()
