"""Signed requests: a program that holds an API key proves that nobody changed or kept back what it sends.

The header `Lyceum-Signature: t=1769904000,v1=5257a8...` holds the seconds since 1970 and, in hexadecimal digits, the
HMAC-SHA256 (RFC 2104) with the secret of the key (its part between the last two underscores) over the text
`{t}.{METHOD}.{path}.{query}.` and the bytes of the body as they are sent. It is good for five minutes before and after
its time, and a key that was made with `mustSign` is good with it alone. What is refused counts as a refusal of its
address, so somebody who tries out signatures is warned and then banned as who guesses passwords is.
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

from lyceum.kit import clock
from lyceum.kit.errors import Unauthenticated
from lyceum.kit.frozen import frozen

HEADER = "lyceum-signature"
TOLERANCE = timedelta(minutes=5)
_WRITTEN = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


@frozen
class Sent:
    """A request as it came: its header of the signature, method, path, query without its question mark, and body."""

    signature: str | None
    method: str
    path: str
    query: str
    body: bytes


def sign(secret: str, moment: datetime, method: str, path: str, query: str, body: bytes) -> str:
    """Return the header of a request."""
    seconds = str(int(moment.timestamp()))
    return f"t={seconds},v1={_mark(secret, seconds, method, path, query, body)}"


def check(sent: Sent | None, secret: str, *, is_demanded: bool) -> None:
    """Refuse a request whose signature is wrong, too old or, where it is demanded, missing; raises Unauthenticated."""
    if sent is None or sent.signature is None:
        if is_demanded:
            raise Unauthenticated("This key takes signed requests alone; send Lyceum-Signature.")
        return
    found = _WRITTEN.fullmatch(sent.signature)
    if found is None:
        raise Unauthenticated("Lyceum-Signature is not written as t=seconds,v1=signature.")
    seconds, mark = found.groups()
    if not hmac.compare_digest(mark, _mark(secret, seconds, sent.method, sent.path, sent.query, sent.body)):
        raise Unauthenticated("The signature is not that of this request.")
    if abs(clock.now() - datetime.fromtimestamp(int(seconds), UTC)) > TOLERANCE:
        raise Unauthenticated("The signature is more than five minutes from now.")


def _mark(secret: str, seconds: str, method: str, path: str, query: str, body: bytes) -> str:
    text = f"{seconds}.{method}.{path}.{query}.".encode("utf-8", "surrogatepass") + body
    return hmac.digest(secret.encode(), text, hashlib.sha256).hex()
