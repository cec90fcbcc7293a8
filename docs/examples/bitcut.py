"""The smallest codec that is a program: it keeps the upper bits of every sample.

bitcut.py encode KBPS IN.wav OUT
bitcut.py decode IN OUT.wav

16 kHz, mono. The file is one byte, the bits of a sample, and then these bits.
"""

import struct
import sys
import wave

RATE = 16_000


def encode(kbps: str, source: str, target: str) -> None:
    bits = int(float(kbps) * 1000 / RATE)
    with wave.open(source) as file:
        data = file.readframes(file.getnframes())
    packed = "".join(
        format((sample + 32768) >> (16 - bits), f"0{bits}b")
        for (sample,) in struct.iter_unpack("<h", data)
    )
    packed += "1" + "0" * (-(len(packed) + 1) % 8)  # the first 1 from behind ends the samples
    with open(target, "wb") as file:
        file.write(bytes([bits]) + int(packed, 2).to_bytes(len(packed) // 8, "big"))


def decode(source: str, target: str) -> None:
    with open(source, "rb") as file:
        bits, *content = file.read()
    packed = "".join(format(byte, "08b") for byte in content).rstrip("0")[:-1]
    half = 1 << (15 - bits)
    values = (int(packed[n : n + bits], 2) for n in range(0, len(packed), bits))
    samples = [(value << (16 - bits)) + half - 32768 for value in values]
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))


if __name__ == "__main__":
    {"encode": encode, "decode": decode}[sys.argv[1]](*sys.argv[2:])
