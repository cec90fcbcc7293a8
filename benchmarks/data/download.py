"""Downloads that resume, and that are either complete and verified or not there.

`fetch` writes to `NAME.part` beside the target, and the server's validator of it (a strong ETag,
or Last-Modified) to `NAME.part.validator`. After an interruption, of the connection or of the
process, it asks for the rest with `Range` and `If-Range` (RFC 9110, sections 13.1.5 and 14.2), so
that a file that has changed in between arrives from its beginning. A server that ignores `Range`
is followed. Size and checksums decide in the end; only then the target gets its name. Where neither
is published, the server must state a size, and a SHA-256 that it states holds (the Hugging Face
hub's `X-Linked-ETag`). No redirect may leave https.
"""

import hashlib
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import requests
from tqdm import tqdm
from urllib3.exceptions import HTTPError, ReadTimeoutError

PATIENCE = 30.0  # seconds without a byte, after which a connection is given up
ATTEMPTS = 5  # in a row that bring no byte
_BLOCK = 1 << 20
_SHA256 = re.compile('"[0-9a-f]{64}"')
_WORTH_RETRYING = {408, 425, 429, 500, 502, 503, 504}


class DownloadError(RuntimeError):
    """A file could not be fetched: the message names it, the cause, and what was kept."""


class _Interrupted(Exception):
    """The connection failed, in a way that may pass."""


@dataclass(frozen=True)
class Source:
    """A published file.

    Attributes:
        url: where it is.
        size: bytes; None where no size is published.
        checksums: hexadecimal digests by the name that `hashlib` gives the algorithm.
    """

    url: str
    size: int | None = None
    checksums: Mapping[str, str] = field(default_factory=dict)


def fetch(source: Source, target: Path, pause: float = 1.0) -> None:
    """Download a file; what an earlier call left is resumed, and a complete target only verified.

    Args:
        source: the file, its size and its checksums.
        target: path of the complete, verified file.
        pause: seconds before the second attempt; doubled for each further one.

    Raises:
        DownloadError: the server does not have the file or has another one, no attempt brought a
            byte, the disk is full, or the content is wrong (it is removed then).
    """
    if target.exists():
        check_download(source, target)
    else:
        renew(source, target, pause)


def renew(source: Source, target: Path, pause: float = 1.0) -> None:
    """Download a file; one of that name stays until the new one is complete and verified.

    Args, Raises: those of `fetch`.
    """
    part = target.with_name(target.name + ".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    failures, furthest = 0, _size(part)
    with tqdm(
        total=source.size, desc=target.name, unit="B", unit_scale=True, disable=None
    ) as progress:
        while source.size is None or _size(part) < source.size:
            try:
                source = _receive(source, part, progress)
            except _Interrupted as error:
                # Not since the last attempt: a server may begin anew for ever, and end as early.
                failures = 0 if _size(part) > furthest else failures + 1
                furthest = max(furthest, _size(part))
                if failures == ATTEMPTS:
                    raise DownloadError(
                        f"{source.url}: {error}, {ATTEMPTS} times; {_written(source, part)} are "
                        f"kept in {part}, and the same command resumes"
                    ) from error
                time.sleep(pause * 2 ** max(0, failures - 1))
            except OSError as error:
                raise DownloadError(
                    f"{part}: {error.strerror}, with {_written(source, part)} written"
                ) from error
    check_download(source, part)
    part.replace(target)
    _validator_file(part).unlink(missing_ok=True)


def check_download(source: Source, path: Path) -> None:
    """Check size and every checksum of a file.

    Raises:
        DownloadError: it is not the published file; it is removed, so that the next call begins
            anew.
    """
    digests = {name: hashlib.new(name, usedforsecurity=False) for name in source.checksums}
    with (
        path.open("rb") as file,
        tqdm(total=_size(path), desc="verifying", unit="B", unit_scale=True, disable=None) as bar,
    ):
        while block := file.read(_BLOCK):
            for digest in digests.values():
                digest.update(block)
            bar.update(len(block))
    found = {"size": str(_size(path))} | {n: d.hexdigest() for n, d in digests.items()}
    size = {} if source.size is None else {"size": str(source.size)}
    for name, expected in {**size, **source.checksums}.items():
        if found[name] != expected:
            path.unlink()
            _validator_file(path).unlink(missing_ok=True)
            raise DownloadError(
                f"{path}: not what {source.url} should be: its {name} is {found[name]}, published "
                f"is {expected}; the file was removed"
            )


def _receive(source: Source, part: Path, progress: "tqdm[Any]") -> Source:
    """One request for what is missing, appended to `part` as it arrives.

    Returns:
        The source with what the server states of it: a size, and perhaps a digest.
    """
    done = _size(part)
    headers = {"Accept-Encoding": "identity"}  # a length and a range are of the file itself
    if done:
        headers["Range"] = f"bytes={done}-"
        with suppress(FileNotFoundError):
            headers["If-Range"] = _validator_file(part).read_text()
    try:
        with requests.get(source.url, headers=headers, stream=True, timeout=PATIENCE) as response:
            start = _start(source, response, part, done)
            whole = _stated(source, response, start)
            progress.total = whole.size
            with part.open("ab") as file:
                file.truncate(start)
                _keep_validator(response, part)  # only now: it is of what follows
                progress.n = start
                progress.refresh()
                # Not `iter_content`: it unpacks what a server calls a gzip encoding, here the file.
                for block in response.raw.stream(_BLOCK, decode_content=False):
                    file.write(block)
                    progress.update(len(block))
    except requests.TooManyRedirects as error:
        raise DownloadError(f"{source.url}: the server redirects without end") from error
    except (requests.RequestException, HTTPError) as error:
        raise _Interrupted(_plain(error)) from error
    if whole.size is not None and _size(part) < whole.size:
        raise _Interrupted("the connection ended early")
    # Without any size, the end of the body is the end of the file, and the digest decides.
    return replace(whole, size=_size(part)) if whole.size is None else whole


def _start(source: Source, response: requests.Response, part: Path, done: int) -> int:
    """The position in the file at which this response's body begins.

    Raises:
        DownloadError: it is not a body of the published file.
        _Interrupted: it is none, but a later one may be.
    """
    status = response.status_code
    hops = [hop.url for hop in (*response.history, response)]
    if source.url.startswith("https:") and not all(hop.startswith("https:") for hop in hops):
        raise DownloadError(f"{source.url}: redirected to {hops[-1]}, which is not encrypted")
    if status == 416 or (status == 206 and _range_start(response) != done):
        part.unlink()
        raise _Interrupted("the server cannot resume this file")
    if status in _WORTH_RETRYING:
        raise _Interrupted(f"the server answered {status} {response.reason}")
    if status not in (200, 206):
        raise DownloadError(f"{source.url}: the server answered {status} {response.reason}")
    return done if status == 206 else 0


def _stated(source: Source, response: requests.Response, start: int) -> Source:
    """The source with the size and the SHA-256 that a response states where none is published.

    Raises:
        DownloadError: it is of another size than published, or nothing tells when it is whole.
    """
    length = response.headers.get("Content-Length", "")
    size = start + int(length) if length.isdigit() else None
    if source.size is not None:
        if size not in (None, source.size):
            raise DownloadError(
                f"{source.url}: the server offers {size} bytes, published are {source.size}; "
                "it is another file, and nothing of it was kept"
            )
        size = source.size
    tags = [hop.headers.get("X-Linked-ETag", "") for hop in (*response.history, response)]
    linked = [tag.strip('"') for tag in tags if _SHA256.fullmatch(tag)]
    checksums = ({"sha256": linked[-1]} if linked else {}) | dict(source.checksums)
    kind = response.headers.get("Content-Type", "")
    if not checksums and source.size is None and (size is None or kind.startswith("text/html")):
        does = "states no length" if size is None else "sends a page"
        raise DownloadError(
            f"{source.url}: the server {does}, and neither size nor checksum tells what is whole"
        )
    return replace(source, size=size, checksums=checksums)


def _range_start(response: requests.Response) -> int:
    """First position of `Content-Range: bytes 5-9/10`; -1 if there is none."""
    words = response.headers.get("Content-Range", "").removeprefix("bytes ").split("-")
    return int(words[0]) if words[0].isdigit() else -1


def _keep_validator(response: requests.Response, part: Path) -> None:
    validator = response.headers.get("ETag", "")
    if not validator.startswith('"'):  # a weak one may not be used for ranges
        validator = response.headers.get("Last-Modified", "")
    if validator:
        _validator_file(part).write_text(validator)
    else:
        _validator_file(part).unlink(missing_ok=True)


def _validator_file(part: Path) -> Path:
    return part.with_name(part.name + ".validator")


def _written(source: Source, part: Path) -> str:
    return f"{_size(part)} of {'?' if source.size is None else source.size} bytes"


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _plain(error: requests.RequestException | HTTPError) -> str:
    if isinstance(error, requests.Timeout | ReadTimeoutError):
        return f"no byte within {PATIENCE:g} s"
    if isinstance(error, HTTPError):
        return "the connection broke"
    return f"no connection ({type(error).__name__})"
