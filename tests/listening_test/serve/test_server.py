"""The server of a listening test: nothing confirmed is lost, nothing secret is served."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from nscbench.listening_test.folder import BuildError, beside, write_description
from nscbench.listening_test.serve.records import RecordsError
from nscbench.listening_test.serve.server import (
    LARGEST_RECORD,
    LARGEST_SESSION,
    RatingServer,
    is_loopback,
    serve,
    token_of,
)

TEST = {
    "schema": 1,
    "test": "mushra-1",
    "rate": 16000,
    "trials": [
        {"trial": name, "training": name == "training", "stimuli": ["aa", "bb", "cc"]}
        for name in ("training", "trial-01", "trial-02")
    ],
}


SECRET = "the key of the test"


@pytest.fixture
def folder(tmp_path):
    """A test's folder, with its key beside it."""
    folder = tmp_path / "test"
    folder.mkdir()
    (folder / "index.html").write_text("<title>player</title>")
    write_description(TEST, folder)
    (tmp_path / "test.key.json").write_text(SECRET)
    return folder


@pytest.fixture
def client(folder):
    server = RatingServer(folder)
    yield server.app.test_client()
    server.records.close()


@pytest.fixture
def running(folder):
    """Starts servers of the folder in processes of their own; all are killed at the end."""
    started = []

    def start(port=0, host="127.0.0.1"):
        code = (
            "import sys; from pathlib import Path;"
            "from nscbench.listening_test.serve import server;"
            "server.serve(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(folder), host, str(port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        line = process.stdout.readline()
        address = re.search(r"http://[^ /]+:(\d+)(/\S*)", line)
        assert address, line + process.stdout.read()
        assert process.stdout.readline().startswith("results: ")
        process.port, process.link = int(address[1]), address[2]
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def record(trial="trial-01", listener="l1", **changes):
    ratings = [
        {"stimulus": stimulus, "score": score, "plays": 1, "seconds": 2.5}
        for stimulus, score in (("bb", 0), ("aa", 100), ("cc", 37))
    ]
    made = {
        "schema": 1,
        "test": "mushra-1",
        "listener": listener,
        "session": str(uuid.uuid4()),
        "trial": trial,
        "training": trial == "training",
        "record": str(uuid.uuid4()),
        "time": "2026-11-23T10:00:00.000Z",
        "order": ["bb", "aa", "cc"],
        "ratings": ratings,
        "questionnaire": {"headphones": None},
        "seed": 1,
    }
    return made | changes


def post(port, body, path="/records", kind="application/json"):
    """Status and body of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", path, body, {"Content-Type": kind})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def lines(folder, suffix=".results.jsonl"):
    return [json.loads(line) for line in Path(f"{folder}{suffix}").read_text().splitlines()]


def test_fifty_listeners_at_once_lose_nothing(folder, running):
    server = running()
    trials = ("training", "trial-01", "trial-02")
    sent = [record(trial, f"l{n}") for n in range(50) for trial in trials]
    barrier = threading.Barrier(50)

    def listen(listener):
        barrier.wait()
        mine = [r for r in sent if r["listener"] == f"l{listener}"]
        return [post(server.port, json.dumps(r)) for r in mine for _ in range(2)]  # sends twice

    with ThreadPoolExecutor(50) as pool:
        answers = [answer for listener in pool.map(listen, range(50)) for answer in listener]
    assert answers == [(200, b"")] * 300
    stored = lines(folder)
    assert len(stored) == 150
    assert sorted(stored, key=lambda r: r["record"]) == sorted(sent, key=lambda r: r["record"])


def test_the_open_connections_of_fifty_browsers_leave_room_for_a_record(folder, running):
    """A browser keeps up to 6 connections open after it has loaded its page over them."""
    server = running()
    with ExitStack() as stack:
        for _ in range(50 * 6):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            stack.callback(connection.close)
            connection.request("GET", "/")
            assert connection.getresponse().read() == b"<title>player</title>"
        assert post(server.port, json.dumps(record())) == (200, b"")


def test_a_killed_server_loses_nothing_that_it_confirmed(folder, running):
    server = running()
    sent = [record(listener=f"l{n}") for n in range(400)]
    confirmed = []
    enough = threading.Event()

    def send(one):
        try:
            status, _ = post(server.port, json.dumps(one))
        except (OSError, http.client.HTTPException):
            return
        assert status == 200
        confirmed.append(one["record"])
        if len(confirmed) >= 60:
            enough.set()

    with ThreadPoolExecutor(20) as pool:
        running_posts = [pool.submit(send, one) for one in sent]
        assert enough.wait(60)
        server.send_signal(signal.SIGKILL)
        for done in running_posts:
            done.result()
    assert 60 <= len(confirmed) < 400
    again = running(server.port)  # at the same address, where the players look for it
    assert set(confirmed) <= {r["record"] for r in lines(folder)}
    for one in sent:
        assert post(again.port, json.dumps(one)) == (200, b"")
    assert sorted(r["record"] for r in lines(folder)) == sorted(r["record"] for r in sent)


def _full(descriptor):
    raise OSError("disk is full")


def test_one_server_at_a_time(folder, running):
    running()
    with pytest.raises(RecordsError, match="another server writes to it"):
        RatingServer(folder)


def test_an_address_in_use_is_told(folder, running, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "index.html").write_text("")
    port = running().port
    with pytest.raises(BuildError, match=f"cannot listen on 127.0.0.1, port {port}"):
        serve(other, "127.0.0.1", port)
    with pytest.raises(BuildError, match="cannot listen on 127.0.0.1, port 70000"):
        serve(other, "127.0.0.1", 70_000)


def test_foreign_results_are_not_touched(folder):
    path = Path(f"{folder}.results.jsonl")
    path.write_text('{"record":"1"}\nlistener,score\n')
    with pytest.raises(RecordsError, match="line 2: not one of our records"):
        RatingServer(folder)
    assert path.read_text() == '{"record":"1"}\nlistener,score\n'


def test_a_repeated_record_is_stored_once(folder, client):
    one = record()
    for _ in range(3):
        assert client.post("/records", json=one).status_code == 200
    changed = one | {"listener": "somebody else"}
    answer = client.post("/records", json=changed)
    assert answer.status_code == 409
    assert "already there, with other content" in answer.text
    assert lines(folder) == [one]


def change_rating(changes_of_record=None, **changes):
    changed = record(**(changes_of_record or {}))
    changed["ratings"][0] |= changes
    return changed


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 60_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (record(schema=2), "schema is 2, not 1"),
        (record(test="mushra-2"), "of test mushra-2; this is mushra-1"),
        (record(trial="trial-99"), "no trial 'trial-99'"),
        (record(training=True), "training is not False"),
        (record(record=""), "record is not a text"),
        (record(listener="x" * 65), "listener is not a text"),
        (record(time="yesterday"), "not ISO 8601"),
        (record(order=["aa", "bb"]), "order does not hold each"),
        (record(ratings={}), "ratings is not a list"),
        (record(ratings=[]), "ratings does not hold each"),
        (change_rating(stimulus="aa"), "ratings does not hold each"),
        (change_rating(stimulus="zz"), "ratings does not hold each"),
        (change_rating(score=101), "score 101 is not within 0 to 100"),
        (change_rating(score=-1), "score -1 is not within 0 to 100"),
        (change_rating(score=None), "score None"),
        (change_rating(score="50"), "score '50'"),
        (change_rating(score=True), "score True"),
        (change_rating(score=float("nan")), "NaN is no JSON"),
        (change_rating(plays=-1), "plays -1"),
        (change_rating(score=None) | {"complete": True}, "score None"),
        (change_rating({"complete": False}, score="x"), "score 'x'"),
        (change_rating(note="x"), "unknown key 'note'; a rating has stimulus, score"),
        (record(order=[["aa"], "bb", "cc"]), "order does not hold each"),
        (record(order=["aa", "bb", 3]), "order does not hold each"),
        (record(listener=7), "listener is not a text"),
        (record(session="a\nb"), "session is not a text"),
        (record(email="x@example.org"), "unknown key 'email'; a record has schema, test"),
        (record(complete=1), "complete is not true or false"),
        (record(complete=None), "complete is not true or false"),
        (record(seed=1.5), "seed is not a whole number"),
        (record(seed=2**32), "seed is not a whole number"),
        (record(position=-1), "position is not a count"),
        (record(duration="long"), "duration is not a number"),
        (record(duration=float("inf")), "Infinity is no JSON"),
        (json.dumps(record(duration=7.25)).replace("7.25", "1e999").encode(), "1e999 is too large"),
        (record(reference_plays=True), "reference_plays is not a count"),
        (record(plan=1.5), "plan is not a count"),
        (record(participant="x" * 65), "participant is not a text"),
        (record(consent="yes"), "consent is not a time"),
        (record(consent=7), "consent is not a time"),
        (record(comment=["x"]), "comment is not a text"),
        (record(comment="x" * 1001), "comment is not a text of at most 1000"),
        (record(questionnaire=[]), "questionnaire is not an object"),
        (record(questionnaire={"device": 1}), "questionnaire is not an object"),
        (record(questionnaire={"device": "x" * 65}), "questionnaire is not an object"),
        (record(questionnaire={"headphones": {"correct": "6"}}), "questionnaire is not"),
        (record(questionnaire={str(n): "" for n in range(33)}), "questionnaire is not"),
    ],
)
def test_malformed_records_are_refused(folder, client, body, message):
    data = body if isinstance(body, bytes) else json.dumps(body)
    answer = client.post("/records", data=data, content_type="application/json")
    assert answer.status_code == 400
    assert message in answer.text
    assert lines(folder) == []


def test_what_is_not_taken_is_told_to_the_experimenter(client, capsys):
    client.post("/records", json=record(listener="l7", trial="trial\x1b[2J99"))
    one = record(listener="l8")
    client.post("/records", json=one)
    client.post("/records", json=one | {"comment": "other"})
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "not taken: trial is not a text of 1 to 64 characters"
    assert told[1].startswith("not taken: listener l8, trial-01: the record ")


def test_a_full_disk_is_told_and_the_record_is_taken_later(folder, client, monkeypatch, capsys):
    one = record(listener="l7")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", _full)
        answer = client.post("/records", json=one)
        assert answer.status_code == 503
        assert "test.results.jsonl cannot be written: disk is full" in answer.text
        assert client.post("/records", json=record()).status_code == 503
    assert "not taken: listener l7, trial-01: " in capsys.readouterr().err
    assert client.post("/records", json=one).status_code == 200
    assert lines(folder) == [one]


@pytest.mark.parametrize("action", ["delete", "move"])
def test_a_results_file_that_is_taken_away_is_written_again(folder, client, capsys, action):
    sent = [record(listener=f"l{n}") for n in range(3)]
    path = Path(f"{folder}.results.jsonl")
    assert client.post("/records", json=sent[0]).status_code == 200
    if action == "delete":
        path.unlink()
    else:
        path.rename(path.with_name("backup.jsonl"))
    for one in sent[1:]:
        assert client.post("/records", json=one).status_code == 200
    assert lines(folder) == sent
    assert capsys.readouterr().err.count("note: ") == 1


def test_no_rating_is_confirmed_that_has_no_place(folder, client, capsys):
    """Somebody renames the folder that everything lies in."""
    away = folder.parent.rename(folder.parent.with_name("renamed"))
    one = record(listener="l7")
    answer = client.post("/records", json=one)
    assert answer.status_code == 503
    assert "No such file or directory" in answer.text
    assert "not taken: listener l7, trial-01: " in capsys.readouterr().err
    away.rename(folder.parent)
    assert client.post("/records", json=one).status_code == 200
    assert lines(folder) == [one]


def test_a_draft_is_taken_as_such(folder, client):
    draft = change_rating({"complete": False}, score=None)
    assert client.post("/records", json=draft).status_code == 200
    whole = record(complete=True, comment="", position=1, duration=12.5, reference_plays=2)
    whole["questionnaire"] = {"device": "closed", "headphones": {"correct": 6, "rounds": 6}}
    assert client.post("/records", json=whole).status_code == 200
    assert lines(folder) == [draft, whole]


def test_a_record_comes_as_json_only(folder, client):
    """A form of another site can send text/plain, but not application/json."""
    answer = client.post("/records", data=json.dumps(record()), content_type="text/plain")
    assert answer.status_code == 400
    assert lines(folder) == []


@pytest.mark.parametrize(
    ("path", "body", "kind", "why"),
    [
        ("/records", "{}", "text/plain", "a record is application/json"),
        ("/records", "{}", "", "a record is application/json"),
        ("/records", " " * (LARGEST_RECORD + 1), "application/json", "exceeds the capacity limit"),
        ("/service/write.php", "sessionJSON={}", "text/plain", "not allowed"),
        ("/record", "{}", "application/json", "not allowed"),
    ],
)
def test_every_refusal_is_told(client, capsys, path, body, kind, why):
    answer = client.post(path, data=body, content_type=kind)
    assert answer.status_code >= 400
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("not taken: ")
    assert why in line


def test_oversized_bodies_are_refused(folder, running):
    server = running()
    long = json.dumps(record(comment="x" * LARGEST_RECORD))
    assert post(server.port, long)[0] == 413
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        head = f"POST /records HTTP/1.1\r\nHost: localhost\r\nContent-Length: {10**12}\r\n"
        connection.sendall((head + "Content-Type: application/json\r\n\r\n{").encode())
        assert b" 413 " in connection.recv(100)
    assert lines(folder) == []
    told = [server.stdout.readline() for _ in range(2)]
    assert [line[:11] for line in told] == ["not taken: "] * 2
    assert "413 Request Entity Too Large" in told[1]
    assert post(server.port, json.dumps(record()))[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../test.key.json",
        "/..%2ftest.key.json",
        "/%2e%2e/test.key.json",
        "/audio/../../test.key.json",
        "/audio/..%2f..%2ftest.key.json",
        "/..%5ctest.key.json",
        "/....//test.key.json",
        "//test.key.json",
        "/%00/../test.key.json",
        "/test.key.json",
        "/.%2e/test.key.json",
    ],
)
def test_nothing_outside_the_folder_is_served(folder, running_once, path):
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", running_once), timeout=30) as connection:
        connection.sendall(request.encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400", b"HTTP/1.1 308"))
    assert SECRET.encode() not in answer


@pytest.fixture
def running_once(running):
    return running().port


def test_an_absolute_path_is_not_served(folder, client):
    answer = client.get("http://localhost/" + str(folder.parent / "test.key.json"))
    assert answer.status_code in (308, 404)
    assert SECRET not in answer.text
    (folder / "link").symlink_to(folder)
    assert client.get("/link").status_code == 404  # a folder has no listing


HIDDEN = (
    ".env",
    ".git/config",
    "results/smoke/mushra.csv",
    "Results/mushra.csv",
    "old.key.json",
    "Old.KEY.json",
    "audio/test.results.jsonl",
    "test.webmushra.jsonl",
    "test.token",
    "test.results.jsonl.torn",
)


@pytest.mark.parametrize("name", HIDDEN)
def test_what_listeners_must_not_get_is_not_served_from_the_folder_either(folder, client, name):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SECRET)
    (folder / "audio").mkdir(exist_ok=True)
    (folder / "audio" / "trial-01.js").write_text("Mushra.audio()")
    (folder / "link.js").symlink_to(path)
    encoded = "".join(c if c == "/" else f"%{ord(c):02x}" for c in name)
    for asked in (name, encoded, f"audio/../{name}", f"./{name}", f"audio/%2e%2e/{name}"):
        assert client.get(f"/{asked}").status_code in (308, 404)
    assert client.get("/link.js").status_code == 404
    assert client.get("/audio/trial-01.js").text == "Mushra.audio()"


def test_links_lead_nowhere_else(folder, client):
    (folder / "key.js").symlink_to(folder.parent / "test.key.json")
    (folder / "up").symlink_to(folder.parent)
    (folder / "loop.js").symlink_to(folder / "loop.js")
    (folder / ".hidden.js").symlink_to(folder / "index.html")
    (folder / "home.html").symlink_to(folder / "index.html")
    for asked in ("key.js", "up/test.key.json", "loop.js", ".hidden.js", "x" * 300):
        assert client.get(f"/{asked}").status_code == 404
    assert client.get("/home.html").text == "<title>player</title>"


def test_a_link_to_the_folder_has_the_same_records(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link"
    link.symlink_to(folder)
    expected = folder.parent / "test.results.jsonl"
    assert beside(link, ".results.jsonl") == expected
    assert beside(folder / "audio" / "..", ".results.jsonl") == expected
    with pytest.raises(BuildError, match="root of the file system"):
        beside(Path("/"), ".results.jsonl")


def test_the_player_learns_where_to_send(folder, client):
    assert client.get("/").text == "<title>player</title>"
    answer = client.get("/server.js")
    assert '"records": "records"' in answer.text
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert client.get("/records").status_code == 404
    assert client.get("/nothing").status_code == 404


def test_other_names_than_the_loopbacks_are_refused(client):
    """A page of the web may let its own name point to 127.0.0.1 (DNS rebinding)."""
    assert client.get("/", headers={"Host": "localhost:8000"}).status_code == 200
    assert client.get("/", headers={"Host": "[::1]:8000"}).status_code == 200
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/", headers={"Host": "127.0.0.1.evil.example"}).status_code == 400
    assert client.get("/", headers={"Host": "[::1"}).status_code == 400


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("x.org", False)],
)
def test_loopback(host, expected):
    assert is_loopback(host) is expected


def test_other_addresses_need_the_link_with_the_token(folder, running):
    server = running(host="0.0.0.0")
    token = server.link.strip("/")
    assert len(token) >= 20
    assert Path(f"{folder}.token").stat().st_mode & 0o777 == 0o600
    one = json.dumps(record())
    assert post(server.port, one)[0] in (404, 405)
    assert post(server.port, one, "/wrong/records")[0] in (404, 405)
    assert lines(folder) == []
    assert post(server.port, one, f"/{token}/records") == (200, b"")
    server.kill()
    server.wait()
    assert running(server.port, "0.0.0.0").link == server.link  # a restart breaks no link
    assert token_of(folder) == token


# webMUSHRA

SESSION = {
    "testId": "Codec Smoke_01",
    "participant": {"name": ["feedback"], "response": ["R&B sounded 50% worse + 1 = ü"]},
    "trials": [
        {
            "id": "item_a",
            "type": "mushra",
            "responses": [{"stimulus": "codecA", "score": "77", "comment": None, "time": 3343}],
        }
    ],
    "uuid": "264c35db-a636-440d-b542-c3ac3916c440",
    "config": "configs/rt.yaml",
}


FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def checkout(tmp_path):
    """A folder that looks like a webMUSHRA checkout."""
    folder = tmp_path / "webMUSHRA"
    folder.mkdir()
    (folder / "index.html").write_text("<title>webMUSHRA</title>")
    return folder


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://lab.example"}, 200),  # a proxy
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),  # another port of this machine
        ({}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "http://LOCALHOST"}, 200),
        ({"Referer": "http://localhost/index.html?config=a.yaml"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost:3000"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "null"}, 403),  # a page in a sandbox, or from disk
        ({"Origin": "http://[evil"}, 403),
        ({"Referer": "https://evil.example/page"}, 403),
    ],
)
def test_what_a_page_of_another_site_posts_is_not_taken(checkout, capsys, headers, status):
    server = RatingServer(checkout)
    body = "sessionJSON=" + json.dumps(SESSION)
    answer = server.app.test_client().post(
        "/service/write.php", data=body, content_type=FORM, headers=headers
    )
    told = capsys.readouterr().err
    assert ("not taken: sent by a page of another site" in told) == (status == 403)
    server.records.close()
    assert answer.status_code == status
    assert len(lines(checkout, ".webmushra.jsonl")) == (status == 200)


@pytest.mark.parametrize("encode", [lambda text: text, quote_plus], ids=["raw", "encoded"])
def test_webmushra_posts_are_kept_to_the_letter(checkout, encode):
    server = RatingServer(checkout)
    body = "sessionJSON=" + encode(json.dumps(SESSION, ensure_ascii=False))
    for _ in range(2):
        answer = server.app.test_client().post(
            "/service/write.php", data=body.encode(), content_type=FORM
        )
        assert answer.status_code == 200
        assert answer.data == b""  # anything else is an error to webMUSHRA
    server.records.close()
    assert lines(checkout, ".webmushra.jsonl") == [SESSION]


@pytest.mark.parametrize("depth", [33, 960, 980, 100_000])
def test_deeply_nested_sessions_are_refused(checkout, depth):
    """What can just be read cannot be written again: that takes the interpreter further down."""
    server = RatingServer(checkout)
    comment = "[" * (depth - 1) + "]" * (depth - 1)  # within the session, itself a level
    body = f'sessionJSON={{"testId": "t", "trials": [], "comment": {comment}}}'
    answer = server.app.test_client().post("/service/write.php", data=body, content_type=FORM)
    server.records.close()
    assert answer.status_code == 400
    assert lines(checkout, ".webmushra.jsonl") == []


def test_sessions_may_nest_as_deep_as_is_said(checkout):
    server = RatingServer(checkout)
    comment = "[" * 31 + "]" * 31
    body = f'sessionJSON={{"testId": "t", "trials": [], "comment": {comment}}}'
    answer = server.app.test_client().post("/service/write.php", data=body, content_type=FORM)
    server.records.close()
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body", [b"", b"sessionJSON=", b"sessionJSON={", b"sessionJSON=[]", b"sessionJSON={}", b"x=1"]
)
def test_malformed_sessions_are_refused(checkout, body):
    server = RatingServer(checkout)
    answer = server.app.test_client().post("/service/write.php", data=body, content_type=FORM)
    server.records.close()
    assert answer.status_code == 400
    assert lines(checkout, ".webmushra.jsonl") == []


def test_oversized_sessions_are_refused(checkout):
    server = RatingServer(checkout)
    body = b"sessionJSON=" + b" " * LARGEST_SESSION
    answer = server.app.test_client().post("/service/write.php", data=body, content_type=FORM)
    server.records.close()
    assert answer.status_code == 413


def test_a_folder_without_a_test_is_refused(tmp_path):
    with pytest.raises(BuildError, match="has no index.html"):
        RatingServer(tmp_path)
    (tmp_path / "index.html").write_text("")
    (tmp_path / "test.js").write_text("window.Mushra")
    with pytest.raises(BuildError, match="is damaged"):
        RatingServer(tmp_path)


def test_a_comment_cut_within_an_emoji_is_kept(folder, running):
    server = running()
    cut = record(comment="good \ud83d")
    assert post(server.port, json.dumps(cut))[0] == 200
    assert post(server.port, json.dumps(record("trial-02")))[0] == 200
    assert [line["trial"] for line in lines(folder)] == ["trial-01", "trial-02"]
    assert lines(folder)[0]["comment"] == "good \ud83d"


def test_an_empty_token_is_made_anew(folder):
    path = Path(f"{folder}.token")
    path.touch()
    token = token_of(folder)
    assert len(token) > 16
    assert token_of(folder) == token == path.read_text()
