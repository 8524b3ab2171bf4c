"""Where browsers find the server, and which requests come from its own pages.

Browsers let any page call any address. So the name that a request was sent to must be the server's own, or a
foreign name could be made to point here; and a request that tells its page's origin must come from our pages.
Behind a proxy both are those of the public address.
"""

from __future__ import annotations

import ipaddress
import platform
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from hashiya.schema.errors import HashiyaError

LOOPBACK = "127.0.0.1"
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Site:
    """The server's address: `url` for people, without a slash at its end.

    `is_public` says that a proxy serves it there; else the server listens at `host` itself.
    """

    url: str
    host: str
    is_public: bool = False

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach it by https."""
        return self.url.startswith("https:")

    @property
    def path(self) -> str:
        """The path under which all of its pages are, with a slash at its end."""
        return f"{urlsplit(self.url).path}/"

    @property
    def is_open_to_readers(self) -> bool:
        """Whether others can read on the way what browsers send: plain http beyond this machine."""
        return not self.is_secure and not _is_loopback(urlsplit(self.url).hostname or "")

    def answers_to(self, host: str) -> bool:
        """Return whether a Host header names the server."""
        asked = _split(f"http://{host}")
        if asked is None:
            return False
        if self.is_public:
            scheme = urlsplit(self.url).scheme
            return _split(f"{scheme}://{host}") == _split(self.url)
        name = asked[1]
        # An address in numbers is nobody's to point elsewhere.
        if _is_loopback(self.host):
            return name in {"localhost", self.host, LOOPBACK}
        return _is_address(name) or name in {"localhost", self.host.lower(), platform.node().lower()}

    def is_own(self, origin: str, host: str) -> bool:
        """Return whether an Origin header is that of the server's pages, for a request to `host`."""
        return _split(origin) == _split(self.url if self.is_public else f"http://{host}")


def local_site(host: str, port: int) -> Site:
    """Return the address of a server that listens at a host and port itself."""
    name = platform.node() if host in {"0.0.0.0", "::", ""} else host  # noqa: S104 - compared, not bound
    shown = f"[{name}]" if ":" in name else name
    return Site(f"http://{shown}:{port}", host)


def public_site(url: str, host: str) -> Site:
    """Return the address of a server behind a proxy; `HashiyaError` where it is none."""
    found = _split(url)
    parts = urlsplit(url) if found else None
    extra = parts is None or parts.query or parts.fragment or parts.username or parts.password
    if extra or not url.isascii() or any(sign.isspace() or sign == "\\" for sign in url):
        raise HashiyaError(f"{url}: is no address of a site; write it as https://label.example.org/corpus")
    return Site(url.rstrip("/"), host, is_public=True)


def _split(url: str) -> tuple[str, str, int] | None:
    """Return scheme, name and port of an address; `None` where it has none."""
    with suppress(ValueError):
        parts = urlsplit(url)
        name, port = parts.hostname, parts.port
        if name and parts.scheme in _DEFAULT_PORTS:
            return parts.scheme, name, port or _DEFAULT_PORTS[parts.scheme]
    return None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(name: str) -> bool:
    return name == "localhost" or (_is_address(name) and ipaddress.ip_address(name).is_loopback)
