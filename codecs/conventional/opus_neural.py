"""libopus with its neural decoders, in Node: no wheel carries it, an npm package does.

LACE and NoLACE enhance what SILK decoded of wide-band packets; with either of them, lost packets
are concealed by a network too (deep PLC). A. Mustafa, J. Büthe et al.: "NoLACE: Improving
Low-Complexity Speech Codec Enhancement Through Adaptive Temporal Shaping", ICASSP 2024;
J.-M. Valin et al., "Real-time packet loss concealment with mixed generative and predictive model",
Interspeech 2022.

`@wasm-audio-decoders/opus-ml` is looked for beside all weights (`machinery.weights`), in the folder
`opus-ml`, where `npm install --prefix` puts it. Its version is exact, and the file that holds
libopus with its networks is known by its digest. Each signal has a process of its own: a quarter
of a second, of which most is the compilation of that file.
"""

import json
import re
import shlex
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path
from typing import IO, Literal

import numpy as np
from numpy.typing import NDArray

from ...metrics.machinery import weights
from ..base import CodecError
from ..bitstream import BitstreamError
from ..external.watched import run_watched
from .libopus import FRAME, RATE

Enhancement = Literal["none", "lace", "nolace"]

NAME, VERSION = "@wasm-audio-decoders/opus-ml", "0.0.3"
NEEDED = ("@wasm-audio-decoders/common", "@eshaz/web-worker", "simple-yenc")
OLDEST_NODE = 20
_LIBRARY = Path("src", "EmscriptenWasm.js")
_SHA256 = "137f22fbb23e9fc55de65c0285e8ce9f9d8e788c8f64cd836564109d7abe7c89"
PROGRAM = Path(__file__).with_suffix(".mjs")
_REFUSED = 3  # exit status for a packet that libopus refuses
START, SLOWEST = 60.0, 10.0  # seconds that a call may take: at all, and for a second of audio
_SHOWN = 400  # characters of what Node said


def folder() -> Path:
    """Where npm puts the package."""
    return weights.folder() / "opus-ml"


def command() -> str:
    """What installs the package."""
    prefix = shlex.quote(str(folder()))
    return f"npm install --no-save --ignore-scripts --prefix {prefix} {NAME}@{VERSION}"


def missing() -> str:
    """Why it cannot run here, and what gets what is missing; "" if it can."""
    node = shutil.which("node")
    if node is None:
        return f"Node is missing: install Node {OLDEST_NODE} or newer (https://nodejs.org)"
    found = _node_version(node)
    release = re.match(r"v(\d+)\.", found)
    if release is None or int(release[1]) < OLDEST_NODE:
        return f"{node} is Node {found}; {OLDEST_NODE} or newer is needed"
    return _lacking_package(folder() / "node_modules")


def backend() -> str:
    """Versions of what decodes."""
    node = shutil.which("node")
    return f"{NAME} {VERSION}, Node {_node_version(node) if node else 'missing'}"


def decode(enhancement: Enhancement, packets: Sequence[bytes]) -> NDArray[np.float32]:
    """The signal [N * 320] at 16 kHz of N packets of 20 ms, by a new decoder.

    A packet of one byte, the first of any other, stands for one that never came.

    Raises:
        BitstreamError: libopus refuses a packet, or it does not hold 20 ms.
        CodecError: Node ends in another way, or takes too long.
    """
    with (
        tempfile.TemporaryDirectory(prefix="nscbench-") as place,
        tempfile.TemporaryFile() as said,
    ):
        source, target = Path(place, "packets"), Path(place, "samples")
        source.write_bytes(b"".join(struct.pack("<I", len(p)) + p for p in packets))
        package = folder() / "node_modules" / NAME / "index.js"
        words = [str(PROGRAM), str(package), enhancement, str(source), str(target)]
        time_limit = START + SLOWEST * len(packets) * FRAME / RATE
        _run([shutil.which("node") or "node", *words], place, said, time_limit)
        made = target.read_bytes() if target.is_file() else b""
    samples = np.frombuffer(made[: len(made) // 4 * 4], "<f4").astype(np.float32)
    if len(samples) != len(packets) * FRAME or not np.isfinite(samples).all():
        raise CodecError(
            f"Node made {len(samples)} samples of {len(packets)} packets, or no numbers"
        )
    return samples


def _run(words: Sequence[str], place: str, said: IO[bytes], time_limit: float) -> None:
    try:
        status = run_watched(words, place, said, time_limit)
    except subprocess.TimeoutExpired as error:
        raise CodecError(f"Node took more than {time_limit:.0f} s to decode") from error
    if status:
        said.seek(0)
        told = " ".join(said.read().decode("utf-8", "replace").split())[-_SHOWN:]
        if status == _REFUSED:
            raise BitstreamError(f"libopus refuses {told}")
        raise CodecError(f"Node ended with status {status}: {told or 'it said nothing'}")


def _lacking_package(modules: Path) -> str:
    package = modules / NAME
    found = _package_version(package)
    if not found:
        return f"no {NAME} in {modules}: {command()}"
    if found != VERSION:
        return f"{NAME} in {modules} is {found}, not {VERSION}: {command()}"
    if absent := [name for name in NEEDED if not _package_version(modules / name)]:
        return f"{NAME} in {modules} lacks {', '.join(absent)}: {command()}"
    library = package / _LIBRARY
    if not library.is_file() or _digest(library, library.stat().st_mtime_ns) != _SHA256:
        return f"{library} is missing or damaged: rm -r {shlex.quote(str(package))} && {command()}"
    return ""


def _package_version(package: Path) -> str:
    try:
        described = json.loads((package / "package.json").read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    return str(described.get("version", "")) if isinstance(described, dict) else ""


@lru_cache(maxsize=4)
def _digest(path: Path, changed: int) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=4)
def _node_version(node: str) -> str:
    """Such as "v20.20.2"; why not, where the program does not tell."""
    try:
        done = subprocess.run(
            [node, "--version"],
            capture_output=True,
            text=True,
            timeout=30,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"that does not run ({error})"
    return done.stdout.strip() or f"that says no version (exit status {done.returncode})"
