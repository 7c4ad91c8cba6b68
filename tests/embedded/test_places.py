"""What the parts of a system on one machine are told about it."""

from __future__ import annotations

from embedded.places import without_proxies


def test_parts_that_are_side_by_side_use_no_proxy() -> None:
    proxies = {
        "HTTP_PROXY": "http://proxy:1",
        "https_proxy": "http://proxy:1",
        "ALL_PROXY": "socks5://proxy:1",
        "NO_PROXY": "intra",
    }
    assert {"PATH": "/bin", "PROXY_HOST": "kept"} == without_proxies({"PATH": "/bin", "PROXY_HOST": "kept", **proxies})
