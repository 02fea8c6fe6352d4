"""Which addresses of the internet are public: all but those that IANA's special-purpose registries set apart.

The registries are of RFC 6890; `is_global` of the standard library does not do: it holds NAT64, 6to4 and multicast for
global.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_SPECIAL_V4 = tuple(map(IPv4Network, (
    "0.0.0.0/8",  # this network, RFC 791
    "10.0.0.0/8",  # private, RFC 1918
    "100.64.0.0/10",  # shared by carriers, RFC 6598; metadata of some clouds
    "127.0.0.0/8",  # loopback, RFC 1122
    "168.63.129.16/32",  # platform services of a cloud
    "169.254.0.0/16",  # link-local, RFC 3927; metadata and credentials of clouds
    "172.16.0.0/12",  # private, RFC 1918
    "192.0.0.0/24",  # protocol assignments, RFC 6890
    "192.0.2.0/24",  # documentation, RFC 5737
    "192.31.196.0/24",  # AS112, RFC 7535
    "192.52.193.0/24",  # AMT, RFC 7450
    "192.88.99.0/24",  # 6to4 relays, RFC 7526
    "192.168.0.0/16",  # private, RFC 1918
    "192.175.48.0/24",  # AS112, RFC 7534
    "198.18.0.0/15",  # benchmarks, RFC 2544
    "198.51.100.0/24",  # documentation, RFC 5737
    "203.0.113.0/24",  # documentation, RFC 5737
    "224.0.0.0/4",  # multicast, RFC 5771
    "240.0.0.0/4",  # reserved and broadcast, RFC 1112 and 8190
)))  # fmt: skip
_UNICAST_V6 = IPv6Network("2000::/3")
"""Where global unicast addresses are given out (RFC 4291, 2.4); loopback, local and multicast ones lie outside."""
_SPECIAL_V6 = tuple(map(IPv6Network, (
    "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID, RFC 2928
    "2001:db8::/32",  # documentation, RFC 3849
    "2002::/16",  # 6to4, RFC 3056
    "2620:4f:8000::/48",  # AS112, RFC 7534
    "3fff::/20",  # documentation, RFC 9637
)))  # fmt: skip
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")

Address = IPv4Address | IPv6Address


def parse(text: str) -> Address:
    """Read an address as a resolver gives it; one that holds an IPv4 address in IPv6's form is that IPv4 address.

    Raises ValueError for any other text, and for an address that names a network interface.
    """
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            raise ValueError(f"{text} names an interface")
        if address in _MAPPED:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def is_public(address: Address) -> bool:
    """Say whether an address is one that anybody may have; what leads through NAT64 (RFC 6052) is where it leads to.

    Tunnels of 6to4 and Teredo lead nowhere that is served today, and are not public wherever they end.
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _SPECIAL_V4)
    if address in _MAPPED or address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in _UNICAST_V6 and not any(address in network for network in _SPECIAL_V6)
