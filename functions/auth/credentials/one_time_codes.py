"""One-time codes: six digits by e-mail or SMS, good for ten minutes and five tries, one alive for each purpose.

Asking for a code does the same for every name: one task is written, and a worker looks whether there is anybody to
send a code to. So neither the answer nor its time tells who has an account.
"""

import hmac
from datetime import timedelta
from typing import Literal, NamedTuple

from lyceum.events.users import UserVerified
from lyceum.kit import clock
from lyceum.kit.consumers.outbox import send
from lyceum.kit.errors import RuleViolation, rule_violation
from lyceum.kit.identity import sealing
from lyceum.kit.table import Unit
from lyceum.model.auth import LoginName, OneTimeCode
from lyceum.model.users.account import User
from lyceum.rules.sign_in_names import fold
from lyceum.tasks.auth import SendCode

Purpose = Literal["verify", "reset", "sign_in", "change_email", "change_phone"]
Channel = Literal["email", "sms"]
GOOD_FOR = timedelta(minutes=10)
MOST_TRIES = 5


class SpentCode(NamedTuple):
    """A code that was right, and the write that uses it up."""

    code: OneTimeCode
    channel: Channel


def request(identifier: str, purpose: Purpose) -> None:
    """Ask for a code to be sent, whoever the name belongs to (1 write)."""
    unit = Unit()
    send(unit, SendCode(purpose=purpose, identifier=fold(identifier)))
    unit.commit()


def digits(code: OneTimeCode) -> str:
    """Return the six digits of a code."""
    return sealing.six_digits("code", code.purpose, code.user_id, code.code_id)


def second_step_digits(user_id: str, challenge_id: str) -> str:
    """Return the six digits that finish a challenged sign-in."""
    return sealing.six_digits("second_step", user_id, challenge_id)


def is_second_step(user_id: str, challenge_id: str, given: str) -> bool:
    """Say whether these are the digits that finish a challenged sign-in."""
    return hmac.compare_digest(given.encode(), second_step_digits(user_id, challenge_id).encode())


def channel_of(user: User) -> Channel | None:
    """Return how a user can be sent a code: by a proven e-mail address or else a proven phone number."""
    if user.email and user.email_verified_at:
        return "email"
    return "sms" if user.phone and user.phone_verified_at else None


def spend(identifier: str, purpose: Purpose, given: str) -> SpentCode:
    """Count a try and check a code; raises RuleViolation for a wrong, spent or expired one, or an unknown name."""
    owner = LoginName.fetch(name=fold(identifier), consistent=True)
    return spend_of(owner.user_id if owner else "nobody", purpose, given)


def spend_of(user_id: str, purpose: Purpose, given: str) -> SpentCode:
    """Count a try and check a code of a user; raises RuleViolation for a wrong, spent or expired one.

    The try is counted before the digits are compared, so many requests at once get no more than five tries.
    """
    wrong = _wrong()
    code = OneTimeCode.at(user_id=user_id, purpose=purpose)
    alive = (OneTimeCode.tries < MOST_TRIES) & (OneTimeCode.expires_at > clock.now())
    Unit().change(code, OneTimeCode.tries.add(1), when=alive, refuse=wrong).commit()
    if not hmac.compare_digest(given.encode(), digits(code).encode()):
        raise wrong
    return SpentCode(code, "sms" if code.target.startswith("+") else "email")


def _wrong() -> RuleViolation:
    return rule_violation("CODE_WRONG", "This code is wrong or not good any more.")


def use_up(spent: SpentCode, unit: Unit) -> None:
    """Add the end of a code to the unit; a code that was used meanwhile is refused as a wrong one."""
    unit.remove(spent.code, when=OneTimeCode.code_id == spent.code.code_id, refuse=_wrong())


def confirm_target(user: User, spent: SpentCode, unit: Unit) -> None:
    """Use a code up, and note that the address it was sent to is the user's; an address that was changed is refused."""
    use_up(spent, unit)
    is_email = spent.channel == "email"
    address, verified_at = (User.email, User.email_verified_at) if is_email else (User.phone, User.phone_verified_at)
    known = user.email_verified_at if is_email else user.phone_verified_at
    if known is None:
        event = UserVerified(user_id=user.user_id, what="email" if is_email else "phone")
        unit.change(
            user, verified_at.set(clock.now()), when=address == spent.code.target, events=[event], refuse=_wrong()
        )
