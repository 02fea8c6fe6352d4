"""Passwords: argon2id hashes (RFC 9106, 4) and the refusal of those that everybody tries first."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from lyceum.errors import rule_violation
from lyceum.settings import settings

from auth import locks
from auth.origin import Origin
from auth.vault import Vault

if TYPE_CHECKING:
    from argon2 import PasswordHasher


@cache
def hasher() -> "PasswordHasher":
    """Return the hasher with the parameters of the settings."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=settings().argon2_passes, memory_cost=settings().argon2_memory_kib, parallelism=1)


@cache
def _common() -> frozenset[str]:
    return frozenset(files("auth").joinpath("common_passwords.txt").read_text().split())


@cache
def _nobodys_hash() -> str:
    return hasher().hash("nobody has this password")


def check_policy(password: str, personal: list[str]) -> None:
    """Refuse a password that is common or holds the user's own names; raises RuleViolation.

    Length is the schema's business (10 to 200 characters); composition is not asked for (NIST SP 800-63B, 5.1.1.2).
    """
    folded = password.casefold()
    if folded in _common() or len(set(folded)) < 4:
        raise rule_violation("PASSWORD_TOO_COMMON", "This password is among the first that others try.")
    if any(len(word) >= 4 and word.casefold() in folded for word in personal):
        raise rule_violation("PASSWORD_HOLDS_NAME", "The password must not contain your e-mail address or username.")


def matches(password_hash: str | None, password: str) -> bool:
    """Say whether a password is the one; the same work is done when there is no account to compare with."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return hasher().verify(password_hash or _nobodys_hash(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def confirm(vault: Vault, password: str, origin: Origin) -> None:
    """Ask somebody who is signed in for the password again; raises RuleViolation, or Locked after too many wrong ones."""
    name = f"password {vault.user_id}"
    known = locks.read([locks.of_name(name), locks.of_address(origin)])
    locks.check(known)
    if not matches(vault.credential.password_hash if vault.credential else None, password):
        locks.count(name, origin, known)
        raise rule_violation("PASSWORD_WRONG", "The current password is wrong.")
