"""Connections: whoever is slow loses his own, and keeps nobody else out."""

import http.client
import resource
import socket
import subprocess
import sys
from contextlib import ExitStack

import pytest

from nscbench.listening_test.serve.connections import Limits, Pace, network_of

LIMITS = Limits(request=60, idle=120, window=30, rate=1000)


def test_a_request_that_drips_is_overdue() -> None:
    pace = Pace(0)
    for second in range(10, 71):
        pace.arrived(False, second)
        assert pace.overdue(False, False, LIMITS, second) == ""
    assert "no whole request in 60 s" in pace.overdue(False, False, LIMITS, 71)


def test_one_whole_request_after_another_is_never_overdue() -> None:
    pace = Pace(0)
    for second in range(0, 1000, 50):
        pace.arrived(False, second)
        assert pace.overdue(False, False, LIMITS, second + 1) == ""
        pace.arrived(True, second + 1)
        assert pace.overdue(True, False, LIMITS, second + 49) == ""
    assert pace.finished == 951


def test_a_connection_without_a_request_is_overdue_after_a_while() -> None:
    pace = Pace(0)
    assert pace.overdue(False, False, LIMITS, 120) == ""
    assert "idle" in pace.overdue(False, False, LIMITS, 121)
    assert pace.overdue(True, False, LIMITS, 1000) == ""  # we are slow, not the client


@pytest.mark.parametrize(("rate", "why"), [(999, "less than 1000 bytes a second"), (1000, "")])
def test_an_answer_has_to_be_taken(rate: int, why: str) -> None:
    pace = Pace(0)
    pace.arrived(True, 0)
    found = ""
    for second in range(400):
        found = found or pace.overdue(second < 5, True, LIMITS, second)
        pace.left(rate, second)
    assert why in found
    assert bool(found) == bool(why)


def test_what_was_taken_before_does_not_count_for_the_next_answer() -> None:
    pace = Pace(0)
    assert pace.overdue(False, True, LIMITS, 0) == ""
    pace.left(10**9, 1)
    assert pace.overdue(False, False, LIMITS, 2) == ""
    assert pace.overdue(False, True, LIMITS, 3) == ""
    assert "less than" in pace.overdue(False, True, LIMITS, 33)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("no address", "no address"),
    ],
)
def test_who_is_taken_for_one(address: str, expected: str) -> None:
    assert network_of(address) == expected


CODE = """
import socket, sys
from nscbench.listening_test.serve.connections import Limits, Server
def app(environ, start):
    start("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read()]
listening = socket.create_server(("0.0.0.0", 0))
print(listening.getsockname()[1], flush=True)
Server(app, listening, 10**6, Limits(**eval(sys.argv[1]))).run()
"""
FEW = {"connections": 60, "of_one_address": 40}
HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8\r\n\r\n"
needs_addresses = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8"
)


@pytest.fixture
def start():
    """Starts a server with these limits, which answers with what it is sent: its process."""
    started = []

    def start(**limits):
        command = [sys.executable, "-c", CODE, repr(limits)]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        process.port = int(process.stdout.readline())
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def post(port: int, source: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, 30, source_address=(source, 0))
    try:
        connection.request("POST", "/", b"a rating")
        return connection.getresponse().read()
    finally:
        connection.close()


def hold(port: int, number: int, sources: list[str], sent: bytes) -> None:
    """Open connections that send this and no more; others are served all the while."""
    with ExitStack() as stack:
        for count in range(number):
            source = sources[count % len(sources)]
            held = socket.create_connection(("127.0.0.1", port), 30, source_address=(source, 0))
            stack.callback(held.close)
            held.sendall(sent)
            if count % (number // 10) == 0:
                assert post(port, "127.0.0.1") == b"a rating"
        assert post(port, "127.0.0.1") == b"a rating"
        assert post(port, "127.0.0.9") == b"a rating"


@needs_addresses
@pytest.mark.parametrize("sources", [["127.0.0.1"], ["127.0.0.2", "127.0.0.3"]])
@pytest.mark.parametrize("sent", [b"", HEAD[:10], HEAD + b"a"], ids=["nothing", "head", "body"])
def test_open_requests_keep_nobody_out(start, sources, sent) -> None:
    """Neither those of the same address nor others."""
    server = start(**FEW)
    hold(server.port, 100, sources, sent)
    assert "to make room for others" in server.stderr.readline()


@needs_addresses
@pytest.mark.slow
def test_a_thousand_open_requests_keep_nobody_out(start) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2500:
        pytest.skip(f"at most {hard} open files are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2500), hard))
    hold(start().port, 1200, ["127.0.0.1", "127.0.0.2", "127.0.0.3"], HEAD + b"a")
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_request_that_never_ends_is_closed_and_told(start) -> None:
    server = start(request=0.1)
    with socket.create_connection(("127.0.0.1", server.port), 30) as connection:
        connection.sendall(HEAD + b"a")
        assert connection.recv(100) == b""
    assert "127.0.0.1, which sent no whole request" in server.stderr.readline()


def test_what_is_no_request_is_told(start) -> None:
    server = start()
    with socket.create_connection(("127.0.0.1", server.port), 30) as connection:
        connection.sendall(HEAD.replace(b": 8", b": eight"))
        assert b" 400 " in connection.recv(100)
    assert server.stderr.readline().startswith("not taken: 400 Bad Request: ")
