"""A program that is a codec, and command lines of it."""

import sys

from nscbench.codecs import make

RATE = 16_000


# Keeps the upper byte of every sample; a generator's number in the file seeds what it adds.
TOOL = """
import os, sys, time, wave
mode, kbps, source, target, *seed = sys.argv[1:]
if mode == "encode":
    with wave.open(source) as file:
        data = file.readframes(file.getnframes())
    open(target, "wb").write(bytes((byte + 128) % 256 for byte in data[1::2]))
else:
    data = open(source, "rb").read()
    offset = int(seed[0]) % 64 if seed else 0
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        samples = (((byte + 128) % 256 << 8) + 128 + offset for byte in data)
        file.writeframes(b"".join((s % 65536).to_bytes(2, "little") for s in samples))
"""


def line(mode, extra=""):
    return f"{sys.executable} {{suite}}/tool.py {mode} {{kbps}} {{in}} {{out}} {extra}".strip()


def command(folder, encode=None, decode=None, **settings):
    given = {"kbps": 128, "sample_rate": RATE, "folder": str(folder)} | settings
    return make(
        "bytewise", {"encode": encode or line("encode"), "decode": decode or line("decode")} | given
    )


def python(code):
    """A command line that runs this code; in and out are the last two arguments."""
    return f'{sys.executable} -c "{code}" {{in}} {{out}}'
