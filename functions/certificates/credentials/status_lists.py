"""Which certificates hold no longer, as signed lists of bits (Bitstring Status List 1.0).

Eight lists a year and tenant take 131 072 certificates each. A certificate's bit is drawn at random, so a list tells
neither order nor number.
"""

import base64
import gzip
import secrets
import zlib
from datetime import UTC, datetime
from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import NotFound
from lyceum.kit.table import Unit
from lyceum.model.certificates import Certificate, StatusList

from functions.certificates.credentials import building, canonical, issuer
from functions.certificates.credentials.building import Place

BITS = 131_072
"""The least that a list may have, so that a bit hides among many (5.1)."""
_LISTS = 8
_FIRST_YEAR = 2026


class BrokenList(ValueError):
    """A status list can not be read; the message says why."""


def draw() -> Place:
    """Draw a bit of one of this year's lists."""
    return Place(f"{clock.now().year}-{secrets.randbelow(_LISTS) + 1}", secrets.randbelow(BITS))


def mark(unit: Unit, certificate: Certificate) -> None:
    """Set a certificate's bit in a unit; who changes the list at the same time is a conflict (1 storage request)."""
    found = StatusList.fetch(list_id=certificate.list_id, consistent=True)
    bits = bytearray(_unpack(found.bits) if found else bytes(BITS // 8))
    place, bit = divmod(int(certificate.list_index), 8)
    bits[place] |= 0x80 >> bit
    changed = found or StatusList(list_id=certificate.list_id)
    changed.bits, changed.changed_at = _pack(bytes(bits)), clock.now()
    unit.save(changed)


def show(list_id: str) -> dict[str, Any]:
    """Return a list as a signed credential; raises NotFound for a list that there can not be (1 storage request)."""
    begins = _beginning(list_id)
    found = StatusList.fetch(list_id=list_id)
    changed_at = found.changed_at if found else begins
    packed = base64.b64decode(found.bits) if found else gzip.compress(bytes(BITS // 8), mtime=0)
    address = issuer.address(f"{building.STATUS_PATH}{list_id}")
    encoded = base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
    unsigned = {
        "@context": [canonical.CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.did(),
        "validFrom": building.second(changed_at),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": f"u{encoded}",
        },
    }
    return building.sign(unsigned, changed_at)


def _beginning(list_id: str) -> datetime:
    year, _, number = list_id.partition("-")
    if not (year.isdigit() and number.isdigit() and len(list_id) == 6 and 1 <= int(number) <= _LISTS):
        raise NotFound("There is no such status list.")
    if not _FIRST_YEAR <= int(year) <= clock.now().year:
        raise NotFound("There is no such status list.")
    return datetime(int(year), 1, 1, tzinfo=UTC)


def is_set(listed: Any, index: int) -> bool:
    """Say whether a bit of a status list credential is set (3.2); raises BrokenList.

    What is unpacked is bounded: a list that would be more than its bits is refused.
    """
    try:
        encoded = listed["credentialSubject"]["encodedList"]
        raw = base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4))
        unpacking = zlib.decompressobj(wbits=31)
        bits = unpacking.decompress(raw, BITS // 8 + 1)
    except (KeyError, TypeError, ValueError, zlib.error):
        raise BrokenList("the status list can not be read") from None
    if not encoded.startswith("u") or len(bits) != BITS // 8 or not 0 <= index < BITS:
        raise BrokenList("the status list has not the bits that it must have")
    return bool(bits[index // 8] & (0x80 >> index % 8))


def _pack(bits: bytes) -> str:
    return base64.b64encode(gzip.compress(bits, mtime=0)).decode()


def _unpack(text: str) -> bytes:
    return gzip.decompress(base64.b64decode(text))
