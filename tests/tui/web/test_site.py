"""Which requests come from the server's own pages, by where it is served."""

from __future__ import annotations

import platform

import pytest

from hashiya.schema.errors import HashiyaError
from hashiya.tui.web.site import Site, local_site, public_site

HERE = local_site("127.0.0.1", 8437)
WIDE = local_site("0.0.0.0", 8437)
PUBLIC = public_site("https://label.example.org/corpus/", "127.0.0.1")


@pytest.mark.parametrize(
    ("site", "host", "answers"),
    [
        (HERE, "127.0.0.1:8437", True),
        (HERE, "localhost:8437", True),
        (HERE, "LOCALHOST:1", True),  # through a tunnel of another port
        (HERE, "192.168.1.5:8437", False),
        (HERE, "evil.example", False),
        (HERE, "127.0.0.1.evil.example", False),
        (HERE, "", False),
        (HERE, "[::1", False),
        (HERE, "127.0.0.1:x", False),
        (local_site("::1", 1), "[::1]:1", True),
        (WIDE, "192.168.1.5:8437", True),
        (WIDE, "[fd00::5]:8437", True),
        (WIDE, f"{platform.node()}:8437", True),
        (WIDE, "evil.example:8437", False),
        (PUBLIC, "label.example.org", True),
        (PUBLIC, "label.example.org:443", True),
        (PUBLIC, "Label.Example.org", True),
        (PUBLIC, "label.example.org:444", False),
        (PUBLIC, "127.0.0.1:8437", False),
        (PUBLIC, "example.org", False),
    ],
)
def test_a_request_must_be_sent_to_the_servers_own_name(site: Site, host: str, *, answers: bool) -> None:
    assert site.answers_to(host) is answers


@pytest.mark.parametrize(
    ("site", "origin", "host", "own"),
    [
        (HERE, "http://127.0.0.1:8437", "127.0.0.1:8437", True),
        (HERE, "http://localhost:8437", "127.0.0.1:8437", False),
        (HERE, "https://127.0.0.1:8437", "127.0.0.1:8437", False),
        (HERE, "http://127.0.0.1:1", "127.0.0.1:8437", False),
        (HERE, "null", "127.0.0.1:8437", False),
        (HERE, "", "127.0.0.1:8437", False),
        (PUBLIC, "https://label.example.org", "label.example.org", True),
        (PUBLIC, "http://label.example.org", "label.example.org", False),
        (PUBLIC, "https://evil.example", "label.example.org", False),
        (PUBLIC, "null", "label.example.org", False),
    ],
)
def test_a_page_must_be_the_servers_own(site: Site, origin: str, host: str, *, own: bool) -> None:
    assert site.is_own(origin, host) is own


@pytest.mark.parametrize(
    "url",
    ["", "label.example.org", "ftp://x", "https://", "https://user@x", "https://x/?a=1", "https://x/#a",
     "https://x:y", "https://[x", "https://x y", "javascript:alert(1)", "https://مثال", "//x", "https://x\\y"],
)  # fmt: skip
def test_what_is_no_address_of_a_site_is_refused(url: str) -> None:
    with pytest.raises(HashiyaError, match="no address of a site"):
        public_site(url, "127.0.0.1")


def test_where_the_pages_are_and_who_could_read_on_the_way() -> None:
    assert (HERE.url, HERE.path, HERE.is_secure) == ("http://127.0.0.1:8437", "/", False)
    assert (PUBLIC.url, PUBLIC.path) == ("https://label.example.org/corpus", "/corpus/")
    assert PUBLIC.is_secure
    assert [site.is_open_to_readers for site in (HERE, PUBLIC, local_site("::1", 1))] == [False] * 3
    assert WIDE.is_open_to_readers
    assert local_site("192.168.1.5", 1).is_open_to_readers
    assert public_site("http://label.example.org", "127.0.0.1").is_open_to_readers
    assert local_site("::1", 1).url == "http://[::1]:1"
