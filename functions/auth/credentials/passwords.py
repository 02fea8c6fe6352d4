"""Passwords: the refusal of those that everybody tries first, and the demand for the current one."""

from functools import cache
from importlib.resources import files

from lyceum.kit.errors import rule_violation
from lyceum.kit.identity import hashing
from lyceum.kit.table import Unit

from functions.auth.credentials import login_throttle
from functions.auth.credentials.user_secrets import UserSecrets


@cache
def _common() -> frozenset[str]:
    return frozenset(files("functions.auth").joinpath("common_passwords.txt").read_text().split())


def check_policy(password: str, personal: list[str]) -> None:
    """Refuse a password that is common or holds the user's own names; raises RuleViolation.

    Length is the schema's business (10 to 200 characters); composition is not asked for (NIST SP 800-63B, 5.1.1.2).
    """
    folded = password.casefold()
    if folded in _common() or len(set(folded)) < 4:
        raise rule_violation("PASSWORD_TOO_COMMON", "This password is among the first that others try.")
    if any(len(word) >= 4 and word.casefold() in folded for word in personal):
        raise rule_violation("PASSWORD_HOLDS_NAME", "The password must not contain your e-mail address or username.")


def confirm(user_secrets: UserSecrets, password: str, unit: Unit) -> None:
    """Ask somebody who is signed in for the password; raises RuleViolation, or Locked after too many wrong ones.

    The end of the count is added to the unit.
    """
    counted = login_throttle.count(login_throttle.by_account("password", user_secrets.user_id))
    if not hashing.matches(user_secrets.credential.password_hash if user_secrets.credential else None, password):
        raise rule_violation("PASSWORD_WRONG", "The current password is wrong.")
    unit.remove(counted)
