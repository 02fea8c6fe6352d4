"""Credentials of relay servers that hold for a time: the scheme that coturn calls `use-auth-secret`.

A name is the second at which it ends and the user, the password the HMAC-SHA1 of the name in base64, by a secret that
the relay knows too ("A REST API For Access To TURN Services", draft-uberti-behave-turn-rest-00, 2.2). So the relay asks
nobody, and nothing is stored. Its secret is derived from the deployment's; `python -m tools.turn_secret` prints it.
"""

import base64
import hashlib
import hmac
from datetime import datetime

from lyceum.kit import base64url, context
from lyceum.kit.identity import sealing
from lyceum.kit.settings import settings

from functions.tutoring.calls.schemas import IceServer


def shared_secret() -> str:
    """Return the secret that relays are set up with."""
    return base64url.encode(sealing.mac("turn relay", b"shared secret"))


def credentials(user_id: str, until: datetime, secret: str) -> tuple[str, str]:
    """Return name and password of a user for relays, good until a moment."""
    name = f"{int(until.timestamp())}:{context.tenant()}.{user_id}"
    digest = hmac.digest(secret.encode(), name.encode(), hashlib.sha1)
    return name, base64.b64encode(digest).decode()


def servers(user_id: str, until: datetime) -> list[IceServer]:
    """Return the servers of this deployment for a call of a user: those that tell addresses, and relays."""
    plain, relays = _listed(settings().stun_urls), _listed(settings().turn_urls)
    found = [IceServer(urls=plain)] if plain else []
    if relays:
        name, password = credentials(user_id, until, shared_secret())
        found.append(IceServer(urls=relays, username=name, credential=password))
    return found


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
