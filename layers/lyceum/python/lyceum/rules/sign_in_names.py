"""Sign-in names: how they are written and compared, and how a user comes to another one."""

import re
import unicodedata
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints

from lyceum.events.users import UserRenamed
from lyceum.kit import clock
from lyceum.kit.errors import Conflict, rule_violation
from lyceum.kit.table import Unit, find
from lyceum.model.auth import LoginName
from lyceum.model.users.account import User

_DOMAIN = re.compile(r"^www\.|\.(com|net|org|info|biz|edu|gov|io|app|dev|xyz)$", re.IGNORECASE)


def _no_domain(name: str) -> str:
    if _DOMAIN.search(name):
        raise ValueError("a username is no web address")
    return name


Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{2,29}$"), AfterValidator(_no_domain)]
"""A username as people write it, in plain Latin letters, so that none looks like another (UTS 39, 5).

No e-mail address or phone number is one.
"""

Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{7,14}$", strip_whitespace=True)]
"""A phone number (E.164: a plus and 8 to 15 digits)."""


def fold(name: str) -> str:
    """Write a sign-in name as it is compared; what is stored and written to is the name as it was given.

    Names are compatibility-decomposed and case folded (Unicode 15, 3.13 D147), phone numbers are without spaces and
    dashes, and the domain of an address is as the name system has it (UTS 46, non-transitional): `x@faß.de` is not
    `x@fass.de`.
    """
    local, at, domain = name.strip().rpartition("@")
    if at:
        return f"{_folded(local)}@{_ascii(domain)}"
    folded = _folded(name.strip())
    number = re.sub(r"[\s().-]", "", folded)
    return number if is_phone(number) else folded


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _ascii(domain: str) -> str:
    if domain.isascii():
        return domain.lower()
    import idna

    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return domain.casefold()


def is_contact(name: str) -> bool:
    """Say whether a folded name is an address or number that something can be sent to."""
    return "@" in name or is_phone(name)


def is_phone(name: str) -> bool:
    """Say whether a folded name is a phone number (E.164: a plus and 8 to 15 digits)."""
    return re.fullmatch(r"\+[1-9]\d{7,14}", name) is not None


def holder_of(name: str) -> str | None:
    """Return the id of the user who holds a sign-in name, or None, in one request.

    A name taken this moment may look free.
    """
    found = find(LoginName, index="gsi1", name=fold(name), limit=1).items
    return found[0].user_id if found else None


def swap(
    unit: Unit, user_id: str, old: str | None, new: str, refuse: Conflict, *, kept_for: timedelta | None = None
) -> None:
    """Guard another sign-in name for a user and free the old one, in the caller's transaction.

    With `kept_for` the old one stays the user's for so long, so that nobody else takes it before the change can be
    undone. The transaction fails with `refuse` when the name is taken by somebody else.
    """
    if old is not None and fold(old) == fold(new):
        return
    guard = LoginName(name=fold(new), user_id=user_id)
    guard.fill_keys()
    actions = [getattr(LoginName, name).set(getattr(guard, name)) for name in ("name", "user_id", "gsi1pk", "gsi1sk")]
    is_free = LoginName.pk.does_not_exist() | (LoginName.user_id == user_id)
    unit.change(guard, *actions, LoginName.ttl.remove(), when=is_free, refuse=refuse, or_create=True)
    if old is None:
        return
    given_up = LoginName.at(name=fold(old))
    if kept_for is None:
        unit.remove(given_up, when=is_free)
    else:
        ends = int((clock.now() + kept_for).timestamp())
        unit.change(given_up, LoginName.ttl.set(ends), when=LoginName.user_id == user_id)


def adopt_contact(
    unit: Unit, user: User, what: Literal["email", "phone"], *, kept_for: timedelta | None = None
) -> None:
    """Make the address or number that a user wanted, and has proven to hold, the user's own.

    The guards are swapped and the user stored in the caller's transaction, which fails with Conflict when another
    account took it meanwhile. One that is wanted no more is a rule's violation. `kept_for` is as in `swap`.
    """
    wanted, old = (user.wanted_email, user.email) if what == "email" else (user.wanted_phone, user.phone)
    if wanted is None:
        raise rule_violation("NOTHING_WANTED", "No change of this address or number is waiting.")
    swap(
        unit,
        user.user_id,
        old,
        wanted,
        Conflict("An account with this address or number exists.", code="ACCOUNT_EXISTS"),
        kept_for=kept_for,
    )
    now = clock.now()
    if what == "email":
        user.email, user.wanted_email, user.email_verified_at = wanted, None, now
    else:
        user.phone, user.wanted_phone, user.phone_verified_at, user.phone_changed_at = wanted, None, now, now
    unit.replace(user, UserRenamed(user_id=user.user_id))
