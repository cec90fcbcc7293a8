"""Stands for a codec that nobody can run any more: it leaves decoded audio only.

decode_elsewhere.py RECORDINGS DECODED

Every WAV and FLAC file below RECORDINGS at 16 kHz, mono, its samples cut to six bits; called as the
item is: its path, with "_" between folders.
"""

import sys
from math import gcd
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

RATE = 16_000

recordings, decoded = map(Path, sys.argv[1:])
paths = sorted(path for path in recordings.rglob("*") if path.suffix in (".wav", ".flac"))
if not paths:
    sys.exit(f"{recordings} has no WAV or FLAC file")
decoded.mkdir(parents=True, exist_ok=True)
for path in paths:
    signal, rate = soundfile.read(path, always_2d=True)
    common = gcd(RATE, rate)
    mono = resample_poly(signal.mean(axis=1), RATE // common, rate // common)
    item = "_".join(path.relative_to(recordings).with_suffix("").parts)
    soundfile.write(decoded / f"{item}.wav", np.clip(np.round(mono * 32) / 32, -1, 1), RATE)
