"""A sitting: a learner with a unit of a package, from a launch on. Its ticket stands in addresses and proves it.

A ticket shows nothing and is bound to registration, unit and session. It ends after four hours, with the learner's
session and, for what a unit says, with the next launch of the unit.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, replace
from datetime import timedelta
from urllib.parse import urlsplit

from lyceum.kit import clock, context
from lyceum.kit.configuration import admission
from lyceum.kit.errors import Gone, NotFound
from lyceum.kit.frozen import frozen
from lyceum.kit.identity import Principal, revocations, sealing
from lyceum.kit.identity.permissions import Role
from lyceum.kit.settings import settings

LASTS = timedelta(hours=4)
_TICKET = "package ticket"
_KEY = "package key"
_BOUND = "package"


@frozen
class PlaySession:
    """Who sits before which unit of what; `ends_at` in seconds of the epoch."""

    tenant: str
    user_id: str
    role: str
    login: str
    rights: int
    content_id: str
    lesson_id: str
    registration_id: str
    number: int
    session_id: str
    form: str
    archive_key: str
    ends_at: int = 0

    @property
    def learner(self) -> Principal:
        """The learner, as far as a sitting acts for them."""
        return Principal(self.user_id, self.tenant, Role(self.role), "free", self.login, self.rights)


def ticket(sitting: PlaySession) -> str:
    """Write a sitting for addresses."""
    return _write(_TICKET, sitting)


def key(sitting: PlaySession) -> str:
    """Write a sitting as the key that content of cmi5 speaks by."""
    return _write(_KEY, sitting)


def _write(purpose: str, sitting: PlaySession) -> str:
    ends_at = int((clock.now() + LASTS).timestamp())
    return sealing.conceal(purpose, json.dumps(astuple(replace(sitting, ends_at=ends_at))).encode(), _BOUND)


@contextmanager
def of_ticket(text: str) -> Iterator[PlaySession]:
    """Work in the tenant of a ticket's sitting; raises NotFound for none, Gone for an old one, Unauthenticated."""
    with _proven(_TICKET, text) as sitting:
        yield sitting


@contextmanager
def of_key(text: str) -> Iterator[PlaySession]:
    """Work in the tenant of a key's sitting; raises as `of_ticket` does."""
    with _proven(_KEY, text) as sitting:
        yield sitting


@contextmanager
def _proven(purpose: str, text: str) -> Iterator[PlaySession]:
    try:
        sitting = PlaySession(*json.loads(sealing.reveal(purpose, text, _BOUND)))
    except (sealing.BrokenSeal, UnicodeEncodeError):
        raise NotFound("There is nothing here.") from None
    if sitting.ends_at < clock.now().timestamp():
        raise Gone("This launch is over. Open the unit again.")
    now = context.current()
    former = now.tenant, now.actor
    now.tenant, now.actor = sitting.tenant, sitting.user_id
    try:
        admission.admit_stranger(sitting.tenant)
        revocations.check(sitting.learner)
        yield sitting
    finally:
        now.tenant, now.actor = former


def has_own_origin() -> bool:
    """Say whether packages are played on an origin that is not the API's."""
    return bool(settings().packages_origin)


def base() -> str:
    """Return the address below which packages are played and heard; without a port of its own it has the API's."""
    api, own = urlsplit(settings().api_url), urlsplit(settings().packages_origin)
    if not own.netloc:
        return settings().api_url.rstrip("/")
    port = own.port or api.port
    return f"{own.scheme}://{own.hostname}{f':{port}' if port else ''}{api.path.rstrip('/')}"


def files_at(text: str) -> str:
    """Return the address below which the files of a ticket's package are."""
    return f"{base()}/xapi/play/{text}/"
