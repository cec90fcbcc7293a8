"""A server for one listening test: it gives the static folder, and keeps what listeners send.

    GET  /...                 files of the folder. 404 for anything outside it, also by a link; for
                              names that start with a dot; for keys, tokens and results, wherever
                              they lie in it
    POST /records             one record of our player, JSON. 200 once it is on the disk, and again
                              for every repetition; 400 with the reason where it is not a record of
                              this test, 409 where its id has other content, 503 where the disk
                              does not take it
    POST /begin               who begins, {"listener", "session"}: the block to take, {"block"}, or
                              409 where the listener has another session (`attendance`)
    POST /service/write.php   one session of webMUSHRA, as its player sends it: `sessionJSON=` and
                              JSON without any encoding. 200 with an empty body once it is on the
                              disk. So a webMUSHRA checkout can be served in place of PHP

Records go to files beside the folder: FOLDER.results.jsonl, FOLDER.webmushra.jsonl. Every post that
is not taken is named on the error output, too: the experimenter must not depend on the listener for
it. So is what is kept, but is nothing that an analysis reads.

Addresses other than the loopback's are reached by a link with a token only, kept in FOLDER.token so
that a restart does not break it. On the loopback, the Host header must name it, so that a page of
the web cannot reach us through a name that it lets point here, and what such a page posts here is
refused: the form of webMUSHRA's sessions needs nobody's leave. waitress serves; a body is read
whole, within its limit, before we see it; how long that may take, `connections` says.
"""

import json
import secrets
import socket
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from flask import Blueprint, Flask, Response, abort, request, send_from_directory
from werkzeug.exceptions import HTTPException

from ..folder import beside, read_description
from ..read.imported import Imported
from ..read.sessions import read_session
from ..schema import BuildError
from .attendance import Attendance, Taken
from .connections import Server
from .posts import beginner, object_of, session_id, session_of
from .record_check import check_record
from .record_error import RecordError
from .records import Conflict, Records
from .strangers import is_asked_as_loopback, is_foreign, is_loopback
from .told import tell
from .turns import Turns

LARGEST_RECORD = 64 * 1024  # bytes; a trial of 12 stimuli has 3000
LARGEST_SESSION = 1024 * 1024
REMARKS = 3  # on one session

_SECRET = (".*", "results", "*.key.json", "*.jsonl", "*.token", "*.torn")
_POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
_SERVER_JS = "window.Mushra = window.Mushra || {};\nwindow.Mushra.server = "


def token_of(folder: Path) -> str:
    """The token in the links to a test: made once, readable by its owner only."""
    path = beside(folder, ".token")
    if not path.exists() or not path.read_text().strip():  # empty: killed while it was made
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(16))
    return path.read_text().strip()


class RatingServer:
    """The files and the records of one test folder, as a WSGI application `app` below `root`."""

    def __init__(self, folder: Path, public: bool = False) -> None:
        """Open the folder's records.

        Args:
            folder: built by `nscbench mushra build`, or a webMUSHRA checkout.
            public: is it reached from other machines, and so by a token only?

        Raises:
            BuildError: no test there.
            RecordsError: the results cannot be written.
        """
        self.folder = folder.resolve()
        if not (self.folder / "index.html").is_file():
            raise BuildError(
                f"{folder} has no index.html: serve a folder of `nscbench mushra build`, or a "
                "webMUSHRA checkout with an export in it"
            )
        self.ours = (self.folder / "test.js").is_file()
        self.description = read_description(self.folder) if self.ours else {}
        if self.ours:
            self.records = Records(beside(folder, ".results.jsonl"), lambda r: str(r["record"]))
        else:
            self.records = Records(beside(folder, ".webmushra.jsonl"), session_id)
        self.turns = Turns(len(self.description.get("sessions", ())))
        self.attendance = Attendance(self.description)
        if self.ours:
            kept = self.records.read()
            self.turns.read(kept)
            self.attendance.read(kept)
        self.root = f"/{token_of(folder)}/" if public else "/"
        self.app = self._application()

    def _application(self) -> Flask:
        app = Flask(__name__, static_folder=None)
        if self.root == "/":
            app.before_request(_refuse_strangers)
        routes = Blueprint("test", __name__, url_prefix=self.root.rstrip("/") or None)
        if self.ours:
            routes.post("/records")(self._record)
            routes.post("/begin")(self._begin)
            routes.get("/server.js")(self._where_to_send)
        else:
            routes.post("/service/write.php")(self._session)
        routes.get("/", defaults={"name": "index.html"})(self._file)
        routes.get("/<path:name>")(self._file)
        app.register_blueprint(routes)
        app.register_error_handler(HTTPException, _plain)
        app.after_request(self._headers)
        return app

    def _file(self, name: str) -> Response:
        try:
            found = (self.folder / name).resolve().relative_to(self.folder)
        except (ValueError, OSError, RuntimeError):  # outside; a name or links of no file
            abort(404)
        if any(map(_is_secret, (*PurePosixPath(name).parts, *found.parts))):
            abort(404)
        return send_from_directory(self.folder, name)

    def _where_to_send(self) -> Response:
        turn = {"plan": self.turns.next()} if self.turns.sessions else {}
        text = json.dumps({"records": "records", "begin": "begin", **turn})
        return Response(f"{_SERVER_JS}{text};\n", mimetype="text/javascript")

    def _record(self) -> Response:
        request.max_content_length = LARGEST_RECORD
        if request.mimetype != "application/json":  # which no form of another site can send
            return _text(400, "a record is application/json")
        try:
            record = object_of(request.get_data())
            check_record(record, self.description)
            self.attendance.check(record)
        except RecordError as error:
            return _text(400, str(error))
        except Taken as error:
            return _text(409, str(error))
        answer = self._keep(record, f"listener {record['listener']}, {record['trial']}: ")
        if answer.status_code == 200:
            self.turns.note(record)
            self.attendance.note(record)
        return answer

    def _begin(self) -> Response:
        request.max_content_length = LARGEST_RECORD
        if request.mimetype != "application/json":
            return _text(400, "who begins is application/json")
        try:
            block = self.attendance.begin(*beginner(object_of(request.get_data())))
        except RecordError as error:
            return _text(400, str(error))
        except Taken as error:
            return _text(409, str(error))
        return Response(json.dumps({"block": block}), mimetype="application/json")

    def _session(self) -> Response:
        request.max_content_length = LARGEST_SESSION
        if self.root == "/" and is_foreign(request):
            return _text(403, "sent by a page of another site")
        try:
            session = session_of(request.get_data(parse_form_data=False))
        except RecordError as error:
            return _text(400, str(error))
        answer = self._keep(session)
        if answer.status_code == 200:
            read = Imported()
            read_session(session, "session", 1, read)
            for entry in read.rejected[:REMARKS]:
                tell("kept, but no analysis reads it", entry.why)
        return answer

    def _keep(self, record: Mapping[str, Any], who: str = "") -> Response:
        try:
            self.records.append(record)
        except Conflict as error:
            return _text(409, f"{who}{error}")
        except OSError as error:
            name = self.records.path.name
            return _text(503, f"{who}{name} cannot be written: {error.strerror or error}")
        self.tell_remarks()
        return _text(200, "")

    def tell_remarks(self) -> None:
        """Say on the error output what had to be mended in the records."""
        while self.records.remarks:
            tell("note", self.records.remarks.popleft())

    def _headers(self, response: Response) -> Response:
        if request.method == "POST" and response.status_code >= 400:
            tell("not taken", response.get_data(as_text=True))
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-cache"
        if self.ours:
            response.headers["Content-Security-Policy"] = _POLICY
        return response


def _is_secret(name: str) -> bool:
    """Does a file or folder of this name hold what listeners must not get?

    Whatever its case: there are file systems that do not tell cases apart.
    """
    return any(fnmatchcase(name.lower(), pattern) for pattern in _SECRET)


def _refuse_strangers() -> Response | None:
    if not is_asked_as_loopback(request):
        return _text(400, "this server answers to localhost and 127.0.0.1 only")
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        return _text(403, "sent by a page of another site")
    return None


def _text(status: int, text: str) -> Response:
    return Response(text, status, mimetype="text/plain")


def _plain(error: HTTPException) -> Response:
    return _text(error.code or 500, error.description or error.name)


def serve(folder: Path, host: str, port: int) -> None:
    """Serve a test until interrupted; `port` 0 takes a free one.

    Raises:
        BuildError: no test there, or the address cannot be used.
        RecordsError: the results cannot be written.
    """
    test = RatingServer(folder, public=not is_loopback(host))
    try:
        with _listen(host, port) as listening:
            server = Server(test.app, listening, LARGEST_SESSION)
            print(f"listening test: http://{_name(host)}:{listening.getsockname()[1]}{test.root}")
            print(f"results: {test.records.path} ({len(test.records)} records so far)", flush=True)
            test.tell_remarks()
            server.run()
    finally:
        test.records.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise BuildError(f"cannot listen on {host}, port {port}: {error}") from error


def _name(host: str) -> str:
    """A host as links have it; every address of this machine goes by the machine's name."""
    if host in ("0.0.0.0", "::"):
        return socket.getfqdn()
    return f"[{host}]" if ":" in host else host
