import subprocess
import sys

import numpy as np
import pytest
import torch

from nscbench.codecs import get
from nscbench.codecs.coding.packing import unpack_frames
from nscbench.codecs.noise import Noise

pycodec2 = pytest.importorskip("pycodec2")

MODES = {0.7: 700, 1.2: 1200, 1.3: 1300, 1.4: 1400, 1.6: 1600, 2.4: 2400, 3.2: 3200}

PYCODEC2 = """
import sys
import numpy as np
import pycodec2
coder = pycodec2.Codec2(int(sys.argv[1]))
data, size = sys.stdin.buffer.read(), coder.bytes_per_frame()
frames = [data[start : start + size] for start in range(0, len(data), size)]
sys.stdout.buffer.write(np.concatenate([coder.decode(frame) for frame in frames]).tobytes())
"""


@pytest.mark.parametrize(("kbps", "mode"), MODES.items())
def test_frames_are_those_of_pycodec2(kbps, mode, speech_like):
    codec, coder = get(f"codec2-{kbps:g}"), pycodec2.Codec2(mode)
    assert codec.frame_bits == coder.bits_per_frame()
    assert codec.frame == coder.samples_per_frame()
    signal = speech_like(0.5, 8_000)
    (payload,) = codec.encode([torch.from_numpy(signal)])
    samples = np.rint(signal * 32768).astype(np.int16)[: codec.frame * (4000 // codec.frame)]
    expected = [coder.encode(frame.copy()) for frame in samples.reshape(-1, codec.frame)]
    ours = [frame.tobytes() for frame in unpack_frames(payload, codec.frame_bits)]
    assert ours[: len(expected)] == expected


@pytest.mark.parametrize("kbps", [0.7, 2.4])
def test_decoded_signal_is_that_of_a_new_process(kbps, speech_like):
    """Whatever was decoded before: pycodec2 in a process of its own says what must come."""
    codec = get(f"codec2-{kbps:g}")
    payloads = codec.encode([torch.from_numpy(speech_like(0.6, 8_000, seed)) for seed in (0, 1)])
    decoded = codec.decode(payloads, Noise([1, 2]))
    frames = unpack_frames(payloads[1], codec.frame_bits)
    done = subprocess.run(
        [sys.executable, "-c", PYCODEC2, str(MODES[kbps])],
        input=frames.tobytes(),
        capture_output=True,
        check=True,
    )
    expected = np.frombuffer(done.stdout, np.int16)[codec.delay :]
    np.testing.assert_array_equal(decoded[1].numpy() * 32768, expected)
