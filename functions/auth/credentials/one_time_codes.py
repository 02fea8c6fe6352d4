"""One-time codes: six digits by e-mail or SMS, good for ten minutes, one alive for each purpose.

A code allows five tries to whoever asked for it, told by the range of addresses, and five to all others together: so
nobody burns another's code, and at most ten of a million are ever compared.

Asking for a code does the same for every name: one task is written, and a worker looks whether there is anybody to
send a code to. So neither the answer nor its time tells who has an account.
"""

import hmac
from datetime import timedelta
from typing import Literal, NamedTuple

from lyceum.kit import clock
from lyceum.kit.consumers.outbox import send
from lyceum.kit.errors import RuleViolation, rule_violation
from lyceum.kit.identity import sealing
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.auth import LoginName, OneTimeCode
from lyceum.model.users.account import User
from lyceum.rules import texts
from lyceum.rules.sign_in_names import fold, is_contact
from lyceum.tasks.auth import SendCode

from functions.auth import client_context

Purpose = Literal["verify", "reset", "sign_in", "change_email", "change_phone", "second_factor"]
Channel = Literal["email", "sms"]
GOOD_FOR = timedelta(minutes=10)
MOST_TRIES = 5


class SpentCode(NamedTuple):
    """A code that was right, and the write that uses it up."""

    code: OneTimeCode
    channel: Channel


def request(identifier: str, purpose: Literal["verify", "reset", "sign_in"]) -> None:
    """Ask for a code to be sent, whoever the name belongs to (1 write)."""
    unit = Unit()
    send(unit, wish(identifier, purpose))
    unit.commit()


def wish(identifier: str, purpose: Literal["verify", "reset", "sign_in"]) -> SendCode:
    """Return the task that sends a code which the request in progress asks for."""
    return SendCode(purpose=purpose, identifier=fold(identifier), requester=client_context.requester())


def digits(code: OneTimeCode) -> str:
    """Return the six digits of a code, which follow from its purpose, account and target too."""
    return sealing.six_digits("code", code.purpose, code.user_id, code.target, code.code_id)


def second_step_digits(user_id: str, challenge_id: str) -> str:
    """Return the six digits that finish a challenged sign-in."""
    return sealing.six_digits("second_step", user_id, challenge_id)


def is_second_step(user_id: str, challenge_id: str, given: str) -> bool:
    """Say whether these are the digits that finish a challenged sign-in."""
    return hmac.compare_digest(given.encode(), second_step_digits(user_id, challenge_id).encode())


def channel_of(user: User) -> Channel | None:
    """Return how a user can be sent a code: to a proven e-mail address, or where texts are sent to a proven number."""
    return next((channel for channel in proven(user) if channel == "email" or texts.is_on()), None)


def proven(user: User) -> dict[Channel, str]:
    """Return the addresses that a user has proven, by channel, the one that is preferred first."""
    found: dict[Channel, str] = {}
    if user.email and user.email_verified_at:
        found["email"] = user.email
    if user.phone and user.phone_verified_at:
        found["sms"] = user.phone
    return found


def spend(identifier: str, purpose: Purpose, given: str) -> SpentCode:
    """Count a try and check a code; raises RuleViolation for a wrong, spent or expired one, or an unknown name."""
    name = fold(identifier)
    owner = LoginName.fetch(name=name, consistent=True)
    user_id, target = owner.user_id if owner else "nobody", name if is_contact(name) else None
    return spend_of(user_id, purpose, given, target=target, requester=client_context.requester())


def spend_of(
    user_id: str, purpose: Purpose, given: str, *, target: str | None, requester: str | None = None
) -> SpentCode:
    """Count a try and check a code of a user; raises RuleViolation for a wrong, spent or expired one.

    With a `target` (folded) the code must have been sent there, so that it proves that address and no other.
    The try is counted before the digits are compared, so many requests at once get no more than five tries (1 write, 2
    for a try from another place than the one that asked).
    """
    refuse = wrong()
    code = OneTimeCode.at(user_id=user_id, purpose=purpose)
    is_alive = OneTimeCode.expires_at > clock.now()
    is_theirs = OneTimeCode.requester == requester if requester else OneTimeCode.requester.does_not_exist()
    own = is_alive & is_theirs & (OneTimeCode.tries < MOST_TRIES)
    others = is_alive & ~is_theirs & (OneTimeCode.tries_of_others < MOST_TRIES)
    try:
        Unit().change(code, OneTimeCode.tries.add(1), when=own).commit()
    except ConditionFailed as failure:
        if failure.item is None:
            raise refuse from None
        Unit().change(code, OneTimeCode.tries_of_others.add(1), when=others, refuse=refuse).commit()
    is_of_target = target is None or fold(code.target) == target
    if not hmac.compare_digest(given.encode(), digits(code).encode()) or not is_of_target:
        raise refuse
    return SpentCode(code, "sms" if code.target.startswith("+") else "email")


def wrong() -> RuleViolation:
    """Return the refusal of a code, in the same words whatever is wrong with it."""
    return rule_violation("CODE_WRONG", "This code is wrong or not good any more.")


def use_up(spent: SpentCode, unit: Unit) -> None:
    """Add the end of a code to the unit; a code that was used meanwhile is refused as a wrong one."""
    unit.remove(spent.code, when=OneTimeCode.code_id == spent.code.code_id, refuse=wrong())
