"""Stands for a codec that nobody can run any more: it leaves decoded audio only.

decode_elsewhere.py RECORDINGS DECODED

Every recording at 16 kHz, its samples cut to six bits.
"""

import sys
from pathlib import Path

import numpy as np
import soundfile

recordings, decoded = map(Path, sys.argv[1:])
decoded.mkdir(parents=True)
for path in sorted(recordings.glob("*.flac")):
    signal, rate = soundfile.read(path)
    assert rate == 16_000
    soundfile.write(decoded / f"{path.stem}.wav", np.round(signal * 32) / 32, rate)
