"""What may be called at all: addresses are read strictly, and hosts that lead inside are refused in every writing."""

import pytest

from lyceum.kit.outgoing import networks, urls
from lyceum.kit.outgoing.client import OutgoingClient
from lyceum.kit.outgoing.errors import AddressRefused

ILL_FORMED = [
    "", "hooks.school.example", "//hooks.school.example/", "http://hooks.school.example/",
    "ftp://hooks.school.example/", "file:///etc/passwd", "gopher://hooks.school.example/", "javascript:alert(1)",
    "https:/hooks.school.example", "https:hooks.school.example", "https://", "https:///", "https://?x",
    r"https://127.0.0.1\.push.example/x", r"https:\\hooks.school.example\x",
    r"https://hooks.school.example\@127.0.0.1/", "https://user@hooks.school.example/",
    "https://user:secret@hooks.school.example/", "https://hooks.school.example@127.0.0.1/",
    "https://@hooks.school.example/", "https://hooks.school.example:/", "https://hooks.school.example:0/",
    "https://hooks.school.example:22/", "https://hooks.school.example:6379/", "https://hooks.school.example:99999/",
    "https://hooks.school.example:443:80/", "https://hooks.school.example:+443/", " https://hooks.school.example/",
    "https://hooks.school.example/ ", "https://hooks.school.example/a b", "https://hooks.school.example/\tx",
    "https://hooks.school.example\n/", "https://hooks.school.example/\r\nHost: inside",
    "https://hooks.school.example/\x00", "https://hooks.school.example/#x", "https://hooks.school.example/%",
    "https://hooks.school.example/%zz", "https://hooks%2eschool.example/", "https://hooks_1.school.example/",
    "https://-hooks.school.example/", "https://hooks-.school.example/", "https://hooks..school.example/",
    "https://.school.example/", "https://hooks.school.example./", "https://hooks.school.example/\xe9",
    "https://xn--a.example/", "https://xn--.example/", f"https://{'a' * 64}.example/",
    "https://hooks.school.example/" + "a" * 2048, "https://" + "a." * 127 + "example/", "https://\u2024.example/",
    "https://hooks.school.example;/", "https://hooks.school.example,evil.example/", "https://hooks.sch*ool.example/",
]  # fmt: skip
INSIDE = [
    "127.0.0.1", "127.1", "0",
    "0.0.0.0",  # noqa: S104
    "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.0.0.1.", "10.0.0.7", "192.168.1.1",
    "172.16.0.1", "169.254.169.254", "169.254.170.2", "100.100.100.200", "8.8.8.8", "1.1", "[::1]", "[::]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[fd00:ec2::254]", "[fe80::1]", "[fe80::1%25eth0]", "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[2606:4700::1111]", "[::127.0.0.1]", "localhost", "LOCALHOST",
    "localhost.", "lyceum.localhost", "printer.local", "metadata.google.internal", "instance-data", "wiki.intranet",
    "router.home.arpa", "nas.lan", "abc.onion", "x.invalid", "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460",
    "\uff11\uff12\uff17.\uff10.\uff10.\uff11", "127\u30020\u30020\u30021", "\uff4cocalhost", "api.lyceum.test",
    "school.api.lyceum.test", "API.LYCEUM.TEST",
]  # fmt: skip
SPECIAL = [
    "0.0.0.0",  # noqa: S104
    "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
    "168.63.129.16", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170",
    "192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.1", "192.175.48.1", "198.18.0.1",
    "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1",
    "2001:0:7f00:1::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1",
    "2002:808:808::1", "2620:4f:8000::1", "3fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1",
    "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "198.20.0.1",
    "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2400:cb00::1",
]  # fmt: skip


@pytest.mark.parametrize("address", ILL_FORMED)
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        urls.parse(address)


@pytest.mark.parametrize("host", INSIDE)
def test_hosts_that_are_inside_are_refused_however_they_are_written(host: str) -> None:
    with pytest.raises(AddressRefused):
        urls.parse(f"https://{host}/", own_domain="api.lyceum.test")


@pytest.mark.parametrize("address", SPECIAL)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not networks.is_public(networks.parse(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_all_others_are(address: str) -> None:
    assert networks.is_public(networks.parse(address))


@pytest.mark.parametrize("address", ["fe80::1%eth0", "2606:4700::1111%1", "127.1", "0x7f000001", "", "8.8.8.8/32"])
def test_what_a_resolver_should_not_say_is_not_read(address: str) -> None:
    with pytest.raises(ValueError):
        networks.parse(address)


@pytest.mark.parametrize(
    ("given", "host", "called"),
    [
        ("https://hooks.school.example", "hooks.school.example", "https://hooks.school.example/"),
        ("HTTPS://Hooks.School.EXAMPLE/A?b=%2F", "hooks.school.example", "https://hooks.school.example/A?b=%2F"),
        ("https://hooks.school.example:443/x", "hooks.school.example", "https://hooks.school.example/x"),
        ("https://hooks.school.example?x=1", "hooks.school.example", "https://hooks.school.example/?x=1"),
        ("https://b\u00fccher.example/", "xn--bcher-kva.example", "https://xn--bcher-kva.example/"),
        ("https://fa\u00df.example/", "xn--fa-hia.example", "https://xn--fa-hia.example/"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", "https://xn--bcher-kva.example/"),
        ("https://1.example/..%2f../a", "1.example", "https://1.example/..%2f../a"),
    ],
)
def test_addresses_outside_are_read(given: str, host: str, called: str) -> None:
    url = urls.parse(given)
    assert (url.host, url.port, str(url)) == (host, 443, called)
    assert urls.parse(str(url)) == url


def test_other_ports_may_be_allowed() -> None:
    url = urls.parse("https://hooks.school.example:8443/", ports=frozenset({443, 8443}))
    assert (url.port, url.authority, url.origin) == (
        8443,
        "hooks.school.example:8443",
        "https://hooks.school.example:8443",
    )


@pytest.mark.parametrize("address", ["http://localhost:4566/x", "https://127.0.0.1:8443/", "http://[::1]/"])
def test_this_machine_is_called_for_a_local_stack_alone(address: str) -> None:
    assert urls.parse(address, loopback=True).is_loopback
    with pytest.raises(AddressRefused):
        urls.parse(address)


@pytest.mark.parametrize("address", ["http://hooks.school.example/", "http://10.0.0.1/", "http://localhost:99999/"])
def test_a_local_stack_calls_nothing_else_that_is_inside(address: str) -> None:
    with pytest.raises(AddressRefused):
        OutgoingClient(loopback=True).read(address)
