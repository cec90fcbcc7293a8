"""Connections of a server: none holds it for long, and nobody has them all.

    a request     has to be there whole within `Limits.request` seconds of its first byte
    an answer     has to be taken at `Limits.rate` bytes a second at least, over `Limits.window`
    an idle one   is closed after `Limits.idle` seconds
    their number  is limited, in all and for each address. There is always room for a new one: it
                  takes the place of the one, of its address or of all, that has gone longest
                  without a whole request. So who only holds connections loses them, and a class
                  behind one address does not

Deadlines follow a clock that nobody sets. Where the system allows few open files, there are fewer
connections: an answer may have a file open, too.
"""

import ipaddress
import logging
import resource
import socket
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher

from .told import tell

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

THREADS = 16
_OTHER_FILES = 200  # open beside connections and what they send


@dataclass(frozen=True)
class Limits:
    """Seconds, bytes a second, and numbers of connections; a browser has up to 6."""

    request: float = 60
    idle: float = 120
    window: float = 30
    rate: float = 1000
    connections: int = 900
    of_one_address: int = 600


class Pace:
    """How fast one connection moves.

    Attributes:
        finished: when its last whole request was there; before the first, when it was made.
        sent: bytes so far.
    """

    def __init__(self, now: float) -> None:
        self.finished = self._last = now
        self.sent = 0
        self._begun: float | None = None  # the request that is not yet whole
        self._window: tuple[float, int] | None = None  # start, and bytes sent until then

    def arrived(self, whole: bool, now: float) -> None:
        """Something arrived; `whole` if no part of a request is left open by it."""
        self._last = now
        if whole:
            self.finished, self._begun = now, None
        elif self._begun is None:
            self._begun = now

    def left(self, count: int, now: float) -> None:
        """Bytes were taken."""
        self.sent += count
        if count:
            self._last = now

    def overdue(self, served: bool, waiting: bool, limits: Limits, now: float) -> str:
        """Why it should be closed, "" if it should not.

        Args:
            served: is a request of it being answered?
            waiting: is there something of an answer that it did not take?
            limits: to be kept.
            now: seconds of a clock that only goes forward.
        """
        if not waiting:
            self._window = None
        elif self._window is None:
            self._window = now, self.sent
        elif now - self._window[0] >= limits.window:
            start, sent = self._window
            if self.sent - sent < limits.rate * (now - start):
                return f"took less than {limits.rate:g} bytes a second of an answer"
            self._window = now, self.sent
        if self._begun is not None and now - self._begun > limits.request:
            return f"sent no whole request in {limits.request:g} s"
        if not served and not waiting and self._begun is None and now - self._last > limits.idle:
            return f"was idle for {limits.idle:g} s"
        return ""


class _Refusal(ErrorTask):
    """The answer to what is no request, or too large: the application never sees it."""

    def execute(self) -> None:
        request: Any = self.request  # the stubs take it for its error
        error = request.error
        tell("not taken", f"{error.code} {error.reason}: {error.body}")
        super().execute()


class Connection(HTTPChannel):
    """One connection, and its pace."""

    error_task_class = _Refusal

    def __init__(self, server: Any, sock: Any, addr: Any, adj: Any, map: Any = None) -> None:
        self.pace = Pace(time.monotonic())
        self.network = network_of(addr[0])
        super().__init__(server, sock, addr, adj, map)

    def received(self, data: bytes) -> bool:
        taken = bool(super().received(data))
        self.pace.arrived(self.request is None, time.monotonic())
        return taken

    def send(self, data: bytes, do_close: bool = True) -> int:
        count = int(super().send(data, do_close))
        self.pace.left(count, time.monotonic())
        return count

    @property
    def busy(self) -> bool:
        """Is a request of it being answered, or its answer being sent?"""
        return bool(self.requests or self.total_outbufs_len)

    def overdue(self, limits: Limits) -> str:
        """Why it should be closed, "" if it should not."""
        served, waiting = bool(self.requests), bool(self.total_outbufs_len)
        return self.pace.overdue(served, waiting, limits, time.monotonic())


class Server(TcpWSGIServer):
    """waitress' server, with `Limits` of its connections."""

    channel_class = Connection
    active_channels: dict[int, Connection]  # type: ignore[assignment]

    def __init__(
        self,
        app: "WSGIApplication",
        listening: socket.socket,
        body: int,
        limits: Limits = Limits(),
    ) -> None:
        """Answer on a listening socket.

        Args:
            app: to be served.
            listening: bound to its address.
            body: bytes of the largest request.
            limits: of its connections.
        """
        self.limits = _affordable(limits)
        self._closed: Counter[str] = Counter()  # addresses, to make room
        self._next_look = 0.0
        adjustments = Adjustments(
            sockets=[listening],
            threads=THREADS,
            connection_limit=self.limits.connections + _OTHER_FILES,  # never reached
            asyncore_use_poll=True,  # select() ends at the 1024th file
            ident="",
            max_request_body_size=body,
        )
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a short wait is no news
        threads = ThreadedTaskDispatcher()
        threads.set_thread_count(THREADS)
        place = (listening.family, listening.type, listening.proto, listening.getsockname())
        super().__init__(
            app, {}, True, listening, threads, adjustments, sockinfo=place, bind_socket=False
        )

    def handle_accept(self) -> None:
        super().handle_accept()
        open_now = list(self.active_channels.values())
        if not open_now:
            return
        network = open_now[-1].network
        own = [connection for connection in open_now if connection.network == network]
        if len(own) > self.limits.of_one_address:
            self._make_room(own)
        elif len(open_now) > self.limits.connections:
            self._make_room(open_now)

    def _make_room(self, connections: Iterable[Connection]) -> None:
        victim = min(connections, key=lambda one: (one.busy, one.pace.finished))
        self._closed[victim.network] += 1
        victim.handle_close()

    def readable(self) -> bool:
        """Asked before every wait, once a second at least: then deadlines are looked at."""
        if (now := time.monotonic()) >= self._next_look:
            self._next_look = now + 1
            self._look()
        return bool(super().readable())

    def _look(self) -> None:
        for connection in list(self.active_channels.values()):
            if why := connection.overdue(self.limits):
                if "idle" not in why:
                    tell("closed", f"a connection of {connection.network}, which {why}")
                connection.handle_close()
        for network, count in self._closed.items():
            tell("closed", f"{count} connections of {network}, to make room for others")
        self._closed.clear()

    def maintenance(self, now: float) -> None:
        """Nothing: `readable` does it, whatever the time of day."""


def network_of(address: str) -> str:
    """Who is taken for one: an IPv4 address, or the 64 bits that an IPv6 host has for itself."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _affordable(limits: Limits) -> Limits:
    """As many of the connections as there may be open files; more of these are asked for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * limits.connections + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        most = max(20, (soft - _OTHER_FILES) // 2)
        return replace(
            limits,
            connections=min(limits.connections, most),
            of_one_address=min(limits.of_one_address, 2 * most // 3),
        )
    return limits
