"""Weights from a hostile server on the loopback and from mirrors: whole, verified, or absent."""

import fcntl
import hashlib
import json
import os
import re
import shutil
import ssl
import subprocess
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from nscbench.benchmarks.data.download import DownloadError
from nscbench.benchmarks.data.published_weights import (
    WeightsError,
    check_weights,
    fetch_weights,
    named,
    table,
    users,
)
from nscbench.metrics.machinery.weights import Weights

FILES = {name: np.random.default_rng(seed).bytes(40_000) for seed, name in enumerate("ab")}


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@dataclass
class Publisher:
    """What the server does with its files, and what it was asked: path and range."""

    url: str = ""
    files: dict = field(default_factory=lambda: {f"/w/{n}": c for n, c in FILES.items()})
    cut_after: list = field(default_factory=list)  # bytes of each answer; then whole ones
    length: int | None = 0  # added to what Content-Length states; None: none is stated
    ranges: bool = True
    redirects: dict = field(default_factory=dict)
    headers: dict = field(default_factory=dict)  # of redirects
    kind: str = "application/octet-stream"
    asked: list = field(default_factory=list)

    def weights(self, pinned=True, sizes=True):
        return Weights(
            "w",
            f"{self.url}/w",
            tuple(FILES),
            {n: sha256(c) for n, c in FILES.items()} if pinned else {},
            {n: len(c) for n, c in FILES.items()} if sizes else {},
        )


@pytest.fixture
def publisher(monkeypatch, tmp_path):
    monkeypatch.setenv("NSCBENCH_WEIGHTS", str(tmp_path / "here"))
    state = Publisher()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answer(self, state)

        def log_message(self, *words):
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        state.url = f"http://127.0.0.1:{running.server_address[1]}"
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield state
        running.shutdown()
        thread.join()


def answer(handler, state):
    state.asked.append((handler.path, handler.headers.get("Range")))
    if (target := state.redirects.get(handler.path)) is not None:
        handler.send_response(302)
        for name, value in {"Location": target, **state.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        return
    body = state.files.get(handler.path)
    if body is None:
        handler.send_error(404)
        return
    start = 0
    if state.ranges and "Range" in handler.headers:
        start = int(handler.headers["Range"].removeprefix("bytes=").rstrip("-"))
        if start >= len(body):
            handler.send_error(416)
            return
    handler.send_response(206 if start else 200)
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
    if state.length is not None:
        handler.send_header("Content-Length", str(len(body) - start + state.length))
    handler.send_header("Content-Type", state.kind)
    handler.end_headers()
    rest = body[start:]
    handler.wfile.write(rest[: state.cut_after.pop(0)] if state.cut_after else rest)


def here(weights):
    """Content of the files that have their names."""
    return {f: (weights.home / f).read_bytes() for f in weights.files if f not in weights.absent}


def leftovers(weights):
    return {path.name for path in weights.home.iterdir()} - {".lock", "fetched.json"}


@pytest.mark.parametrize("pinned", [True, False])
def test_a_connection_that_breaks_off_is_resumed(publisher, pinned):
    publisher.cut_after = [10_000, 5_000]
    weights = publisher.weights(pinned, sizes=pinned)
    assert fetch_weights(weights, pause=0) == 2
    assert here(weights) == FILES
    assert leftovers(weights) == set(FILES)
    assert publisher.asked == [
        ("/w/a", None), ("/w/a", "bytes=10000-"), ("/w/a", "bytes=15000-"), ("/w/b", None),
    ]  # fmt: skip
    assert weights.missing() == ""
    assert list(check_weights(weights)) == []
    assert fetch_weights(weights) == 0


def test_a_server_that_ignores_ranges_is_followed(publisher):
    publisher.cut_after, publisher.ranges = [10_000], False
    weights = publisher.weights()
    fetch_weights(weights, pause=0)
    assert here(weights) == FILES


@pytest.mark.parametrize("lie", [1000, -1000])
def test_a_length_that_is_not_the_published_one_is_refused(publisher, lie):
    publisher.length = lie
    weights = publisher.weights()
    with pytest.raises(DownloadError, match=rf"offers {40_000 + lie} bytes, published are 40000"):
        fetch_weights(weights, pause=0)
    assert (here(weights), leftovers(weights)) == ({}, set())


def test_a_length_that_never_comes_is_given_up(publisher):
    publisher.length = 1000
    weights = publisher.weights(pinned=False, sizes=False)
    with pytest.raises(DownloadError, match=r"5 times; (0|40000) of \? bytes are kept"):
        fetch_weights(weights, pause=0)
    assert here(weights) == {}


def test_a_length_that_is_too_short_is_found_by_the_digest(publisher):
    publisher.length = -1000
    weights = publisher.weights(sizes=False)
    with pytest.raises(DownloadError, match=r"a.part: not what .* its sha256 is .* was removed"):
        fetch_weights(weights, pause=0)
    assert (here(weights), leftovers(weights)) == ({}, set())


def test_other_bytes_are_refused_and_what_was_there_stays(publisher):
    weights = publisher.weights()
    fetch_weights(weights, pause=0)
    publisher.files["/w/b"] = FILES["b"][::-1]
    with pytest.raises(DownloadError, match=r"b.part: not what .* its sha256 is "):
        fetch_weights(weights, again=True, pause=0)
    assert here(weights) == FILES
    assert leftovers(weights) == set(FILES)
    assert weights.missing() == ""


def test_without_length_size_and_digest_nothing_is_taken(publisher):
    publisher.length = None
    weights = publisher.weights(pinned=False, sizes=False)
    with pytest.raises(DownloadError, match="states no length"):
        fetch_weights(weights, pause=0)
    assert (here(weights), leftovers(weights)) == ({}, set())
    fetch_weights(publisher.weights(sizes=False), pause=0)  # here the digests tell
    assert here(weights) == FILES


def test_a_page_is_no_file(publisher):
    publisher.kind = "text/html; charset=utf-8"
    weights = publisher.weights(pinned=False, sizes=False)
    with pytest.raises(DownloadError, match="sends a page"):
        fetch_weights(weights, pause=0)
    assert here(weights) == {}


def test_redirects_are_followed_and_the_digest_that_they_state_holds(publisher):
    """As the Hugging Face hub does it, also where no digest is published."""
    publisher.files = {f"/store/{n}": c for n, c in FILES.items()}
    publisher.redirects = {f"/w/{n}": f"/store/{n}" for n in FILES}
    publisher.cut_after = [10_000]
    weights = publisher.weights(pinned=False, sizes=False)
    fetch_weights(weights, pause=0)
    assert here(weights) == FILES
    assert ("/store/a", "bytes=10000-") in publisher.asked
    publisher.headers = {"X-Linked-ETag": f'"{sha256(FILES["b"])}"'}
    with pytest.raises(DownloadError, match=f"sha256 is {sha256(FILES['a'])}"):
        fetch_weights(weights, again=True, pause=0)


def test_redirects_in_a_circle_end(publisher):
    publisher.redirects = {"/w/a": "/w/a"}
    weights = publisher.weights()
    with pytest.raises(DownloadError, match="redirects without end"):
        fetch_weights(weights, pause=0)
    assert leftovers(weights) == set()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_no_redirect_leaves_encryption(publisher, monkeypatch, tmp_path):
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=x"
    words += f" -addext subjectAltName=IP:127.0.0.1 -keyout {key} -out {certificate}"
    subprocess.run(["openssl", *words.split()], check=True, capture_output=True)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificate)
    state = Publisher(redirects={"/w/a": f"{publisher.url}/w/a"})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answer(self, state)

        def log_message(self, *words):
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.socket = context.wrap_socket(running.socket, server_side=True)
        state.url = f"https://127.0.0.1:{running.server_address[1]}"
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        weights = state.weights()
        with pytest.raises(DownloadError, match=r"redirected to http://.*, which is not encrypted"):
            fetch_weights(weights, pause=0)
        assert here(weights) == {}
        state.redirects = {}
        fetch_weights(weights, pause=0)
        running.shutdown()
        thread.join()
    assert here(weights) == FILES


def test_what_came_is_recorded_and_holds_from_then_on(publisher):
    weights = publisher.weights(pinned=False, sizes=False)
    fetch_weights(weights, pause=0)
    record = json.loads((weights.home / "fetched.json").read_text())
    assert {name: line["sha256"] for name, line in record.items()} == {
        name: sha256(content) for name, content in FILES.items()
    }
    version = weights.version
    path = weights.home / "b"
    path.write_bytes(FILES["b"][:-1])  # cut short, or replaced
    assert "b: not the published file" in weights.missing()
    (problem,) = check_weights(weights)
    assert problem.startswith(f"{path}: its SHA-256 is ")
    assert problem.endswith(f"fetched was {sha256(FILES['b'])}")
    publisher.asked.clear()
    assert fetch_weights(weights, pause=0) == 1
    assert publisher.asked == [("/w/b", None)]
    assert weights.version == version


def test_a_flipped_bit_is_found_though_size_and_time_are_as_they_were(publisher):
    weights = publisher.weights()
    fetch_weights(weights, pause=0)
    path = weights.home / "a"
    before = path.stat()
    path.write_bytes(bytes([FILES["a"][0] ^ 1]) + FILES["a"][1:])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    (problem,) = check_weights(weights)
    assert f"published was {sha256(FILES['a'])}" in problem


@pytest.mark.parametrize("form", ["folder", "address"])
def test_a_mirror_has_name_and_file(publisher, tmp_path, form):
    weights = Weights(
        "w", "http://127.0.0.1:9/unreachable", tuple(FILES), publisher.weights().sha256
    )
    mirror = tmp_path / "mirror"
    (mirror / "w").mkdir(parents=True)
    for name, content in FILES.items():
        (mirror / "w" / name).write_bytes(content)
    fetch_weights(weights, str(mirror) if form == "folder" else f"{publisher.url}/", pause=0)
    assert here(weights) == FILES
    assert len(publisher.asked) == (0 if form == "folder" else 2)


def test_a_mirror_that_lacks_a_file_or_has_another(publisher, tmp_path):
    weights = publisher.weights()
    mirror = tmp_path / "mirror"
    (mirror / "w").mkdir(parents=True)
    (mirror / "w" / "a").write_bytes(FILES["a"])
    with pytest.raises(DownloadError, match="the mirror has no .*/w/b"):
        fetch_weights(weights, str(mirror))
    (mirror / "w" / "b").write_bytes(FILES["a"])
    with pytest.raises(DownloadError, match="sha256"):
        fetch_weights(weights, str(mirror))
    assert leftovers(weights) == {"a"}
    assert (mirror / "w" / "b").read_bytes() == FILES["a"]


def test_two_processes_do_not_fetch_the_same_set(publisher):
    weights = publisher.weights()
    weights.home.mkdir(parents=True)
    with (weights.home / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(WeightsError, match="another process is fetching into"):
            fetch_weights(weights)
    assert publisher.asked == []


def test_the_table_has_every_set_that_is_declared():
    """Whoever declares one and does not name it as `checkpoint` or `weights` is found here."""
    root = Path(__file__).parents[3]
    text = "".join(
        p.read_text("utf-8") for f in ("codecs", "metrics") for p in (root / f).rglob("*.py")
    )
    declared = set(re.findall(r'\bWeights\(\s*"([\w.-]+)"', text))
    declared |= {name.split("/")[1] for name in re.findall(r'\bfrom_hub\(\s*"([\w./-]+)"', text)}
    assert len(declared) >= 8
    assert declared == set(table())


def test_every_set_says_what_its_user_must_know():
    for entry in table().values():
        assert entry.weights.licence, entry.weights.name
        assert entry.weights.url.startswith("https://")
        assert entry.users
        for digest in entry.weights.sha256.values():
            assert len(digest) == 64
        assert set(entry.weights.sha256) | set(entry.weights.sizes) <= set(entry.weights.files)


def test_sets_are_named_by_themselves_or_by_who_needs_them():
    (both,) = named(["scoreq"])
    assert both.files == ("adapt_nr_telephone.onnx", "fixed_nmr_telephone.onnx")
    assert both.megabytes == 756
    assert named(["scoreq_ref", "scoreq_ref"]) == [users()["scoreq_ref"]]
    assert named(["encodec"]) == named(["encodec_24khz"])
    with pytest.raises(WeightsError, match="no set of weights is called 'pesq'; there are: dac"):
        named(["utmos", "pesq"])
