"""Who may talk to a server on the loopback: nobody from elsewhere, by whatever name or page."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from flask import Request


def is_loopback(host: str) -> bool:
    """Is this the address of this machine, to itself?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_asked_as_loopback(request: Request) -> bool:
    """Does the Host header name the loopback? A name of the web may point to it."""
    return is_loopback(_address(f"//{request.host}").hostname or "")


def is_foreign(request: Request) -> bool:
    """Does a page of another site send this? Of browsers too old to say, by the page's address."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in ("same-origin", "none")
    page = request.headers.get("Origin") or request.headers.get("Referer")
    return page is not None and _address(page).netloc.lower() != request.host.lower()


def _address(text: str) -> SplitResult:
    """An address as sent; an empty one for what is none."""
    try:
        return urlsplit(text)
    except ValueError:
        return urlsplit("")
