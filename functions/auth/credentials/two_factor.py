"""The second factor: time-based one-time passwords (RFC 6238) and recovery codes."""

import secrets
from datetime import timedelta
from typing import NamedTuple

from lyceum.events.auth import TwoFactorChanged
from lyceum.kit import clock
from lyceum.kit.consumers.outbox import send
from lyceum.kit.errors import Conflict, Unauthenticated, rule_violation
from lyceum.kit.identity import Principal, sealing
from lyceum.kit.table import Unit
from lyceum.model.audit import audit
from lyceum.model.auth import SignInFailures, TwoFactor
from lyceum.model.users.account import User
from lyceum.rules.sessions import require_recent_proof

from functions.auth.credentials import login_throttle, passwords, undo_offers
from functions.auth.credentials.user_secrets import UserSecrets, read_user_secrets
from functions.auth.schemas import Enrolment, RecoveryCodes

_ISSUER = "Lyceum"
_PURPOSE = "totp"
_STEP = timedelta(seconds=30)
_RECOVERY_CODES = 10
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is mistaken for something else


def enrol(caller: Principal) -> Enrolment:
    """Begin the enrolment of an authenticator; one that was begun before is replaced.

    Raises Conflict when it is on, and Forbidden without a proof of the last five minutes.
    """
    import pyotp
    import segno

    require_recent_proof(caller)
    user = User.require(user_id=caller.user_id)
    secret = pyotp.random_base32()
    is_off = TwoFactor.pk.does_not_exist() | (TwoFactor.is_confirmed == False)  # noqa: E712 - an expression of storage
    actions = [
        TwoFactor.user_id.set(caller.user_id),
        TwoFactor.secret.set(sealing.encrypt(_PURPOSE, secret)),
        TwoFactor.is_confirmed.set(False),
        TwoFactor.last_step.set(0),
    ]
    refuse = Conflict("Two-factor sign-in is on already.", code="TWO_FACTOR_ENABLED")
    Unit().change(TwoFactor.at(user_id=caller.user_id), *actions, when=is_off, refuse=refuse, or_create=True).commit()
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.email or user.username, issuer_name=_ISSUER)
    return Enrolment(secret=secret, otpauth_uri=uri, qr_svg=segno.make(uri, error="m").svg_inline(scale=4))


def confirm(caller: Principal, code: str) -> RecoveryCodes:
    """Switch the second factor on with a first code; returns the recovery codes, which are never shown again.

    Raises Conflict when no enrolment was begun or it is on already, and RuleViolation for a wrong code.
    """
    pending = TwoFactor.fetch(user_id=caller.user_id, consistent=True)
    if pending is None or pending.is_confirmed:
        raise Conflict("Begin the enrolment first.", code="NOT_ENROLLING")
    step = _step_of(pending, code)
    if step is None:
        raise rule_violation("CODE_WRONG", "This code is wrong. Check the clock of your device.")
    codes = [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(_RECOVERY_CODES)
    ]
    actions = [
        TwoFactor.is_confirmed.set(True),
        TwoFactor.last_step.set(step),
        TwoFactor.recovery_hashes.set({_hash(caller.user_id, each) for each in codes}),
    ]
    event = TwoFactorChanged(user_id=caller.user_id, change="enabled")
    unit = Unit().create(audit("second_factor.enable", caller.user_id, before={}, after={}))
    undo_offers.offer(unit, User.require(user_id=caller.user_id, consistent=True), "second_factor", {})
    unit.change(
        pending,
        *actions,
        when=TwoFactor.secret == pending.secret,
        events=[event],
        refuse=Conflict("Begin the enrolment again."),
    ).commit()
    return RecoveryCodes(recovery_codes=codes)


def disable(caller: Principal, password: str, code: str) -> None:
    """Switch the second factor off, with the password and a code.

    Raises Conflict when it is off, Locked after too many failures and RuleViolation for a wrong password or code.
    """
    user_secrets = read_user_secrets(caller.user_id)
    if not user_secrets.has_second_factor or user_secrets.two_factor is None:
        raise Conflict("Two-factor sign-in is off.", code="TWO_FACTOR_DISABLED")
    unit = Unit()
    passwords.confirm(user_secrets, password, unit)
    unit.remove(_matched(user_secrets, user_secrets.two_factor, code).counted)
    unit.remove(user_secrets.two_factor, when=TwoFactor.secret == user_secrets.two_factor.secret)
    unit.create(audit("second_factor.disable", caller.user_id, before={}, after={}))
    user = User.require(user_id=caller.user_id, consistent=True)
    undo_offers.offer(unit, user, "second_factor", undo_offers.factor_of(user_secrets.two_factor))
    send(unit, TwoFactorChanged(user_id=caller.user_id, change="disabled"))
    unit.commit()


def prove(user_secrets: UserSecrets, given: str, unit: Unit) -> None:
    """Accept a code of the authenticator or a recovery code, each once; the proof's write is added to the unit.

    A code counts for its own 30 seconds and those before and after (RFC 6238, 5.2); a step that was used is refused.
    Raises Unauthenticated for a wrong one and Locked when too many were wrong.
    """
    factor = user_secrets.two_factor
    if factor is None:
        raise _wrong()
    proof = _matched(user_secrets, factor, given)
    unit.remove(proof.counted)
    if proof.step is not None:
        unit.change(factor, TwoFactor.last_step.set(proof.step), when=TwoFactor.last_step < proof.step, refuse=_wrong())
    elif proof.recovery_hash is not None:
        event = TwoFactorChanged(user_id=user_secrets.user_id, change="recovery_code_used")
        spent = TwoFactor.recovery_hashes.delete({proof.recovery_hash})
        is_there = TwoFactor.recovery_hashes.contains(proof.recovery_hash)
        unit.change(factor, spent, when=is_there, events=[event], refuse=_wrong())


class _Proof(NamedTuple):
    """A right code: the step of the authenticator's or the hash of a recovery code, and the count to be forgotten."""

    counted: SignInFailures
    step: int | None = None
    recovery_hash: str | None = None


def _matched(user_secrets: UserSecrets, factor: TwoFactor, given: str) -> _Proof:
    counted = login_throttle.count(login_throttle.by_account("totp", user_secrets.user_id))
    step = _step_of(factor, given)
    if step is not None:
        return _Proof(counted, step=step)
    hashed = _hash(user_secrets.user_id, given.strip().lower())
    if hashed in (factor.recovery_hashes or ()):
        return _Proof(counted, recovery_hash=hashed)
    raise _wrong()


def _wrong() -> Unauthenticated:
    return Unauthenticated("This code is wrong or was used already.")


def _step_of(factor: TwoFactor, code: str) -> int | None:
    """Return the time step that a code belongs to, if it is one that counts now and was not used."""
    import pyotp

    totp = pyotp.TOTP(sealing.decrypt(_PURPOSE, factor.secret))
    now = clock.now()
    for moment in (now - _STEP, now, now + _STEP):
        step = int(moment.timestamp()) // int(_STEP.total_seconds())
        if step > int(factor.last_step) and secrets.compare_digest(totp.at(moment).encode(), code.encode()):
            return step
    return None


def _hash(user_id: str, recovery_code: str) -> str:
    return sealing.mark("recovery", user_id, recovery_code)
