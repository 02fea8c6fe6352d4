"""The second factor: an authenticator (time-based one-time passwords, RFC 6238), codes by mail or text, recovery codes.

Whoever chose codes that are sent gets one with each sign-in; for a proof in between, such as switching it off, they ask
for a sign-in code, which for them signs nobody in.
"""

import secrets
from datetime import timedelta
from typing import Literal, NamedTuple

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from lyceum.events.auth import TwoFactorChanged
from lyceum.kit import clock
from lyceum.kit.consumers.outbox import send
from lyceum.kit.errors import Conflict, RuleViolation, Unauthenticated, rule_violation
from lyceum.kit.identity import Principal, sealing
from lyceum.kit.table import Unit
from lyceum.model.audit import audit
from lyceum.model.auth import SignInFailures, TwoFactor
from lyceum.model.users.account import User
from lyceum.rules import texts
from lyceum.tasks.auth import SendCode

from functions.auth import client_context
from functions.auth.credentials import login_throttle, one_time_codes, passwords, undo_offers
from functions.auth.credentials.one_time_codes import SpentCode
from functions.auth.credentials.schemas import Enrolment, RecoveryCodes
from functions.auth.credentials.user_secrets import UserSecrets, read_user_secrets

Method = Literal["totp", "email", "sms"]
_ISSUER = "Lyceum"
_PURPOSE = "totp"
_STEP = timedelta(seconds=30)
_RECOVERY_CODES = 10
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is mistaken for something else


def enrol(caller: Principal, method: Method) -> Enrolment:
    """Begin the enrolment of a second factor; one that was begun before is replaced.

    Raises Conflict when one is on, and RuleViolation NOT_REACHABLE for codes to an address or number that is not
    proven, and for text messages where none are sent.
    """
    user = User.require(user_id=caller.user_id)
    if method == "totp":
        return _enrol_authenticator(user)
    if method not in one_time_codes.proven(user) or (method == "sms" and not texts.is_on()):
        raise rule_violation("NOT_REACHABLE", "Codes go to a proven address, or where texts are sent a proven number.")
    wanted = SendCode(purpose="second_factor", user_id=user.user_id, channel=method)
    _begin(user, [TwoFactor.method.set(method), TwoFactor.secret.remove()], wanted)
    return Enrolment(method=method)


def _enrol_authenticator(user: User) -> Enrolment:
    import pyotp
    import segno

    secret = pyotp.random_base32()
    _begin(user, [TwoFactor.method.set("totp"), TwoFactor.secret.set(sealing.encrypt(_PURPOSE, secret))])
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.email or user.username, issuer_name=_ISSUER)
    picture = segno.make(uri, error="m").svg_inline(scale=4)
    return Enrolment(method="totp", secret=secret, otpauth_uri=uri, qr_svg=picture)


def _begin(user: User, actions: list[Action], *tasks: SendCode) -> None:
    is_off = TwoFactor.pk.does_not_exist() | (TwoFactor.is_confirmed == False)  # noqa: E712 - an expression of storage
    fixed = [TwoFactor.user_id.set(user.user_id), TwoFactor.is_confirmed.set(False), TwoFactor.last_step.set(0)]
    refuse = Conflict("Two-factor sign-in is on already.", code="TWO_FACTOR_ENABLED")
    factor = TwoFactor.at(user_id=user.user_id)
    unit = Unit().change(factor, *actions, *fixed, when=is_off, events=tasks, refuse=refuse, or_create=True)
    unit.commit()


def confirm(caller: Principal, code: str) -> RecoveryCodes:
    """Switch the second factor on with a first code; returns the recovery codes, which are never shown again.

    Raises Conflict when no enrolment was begun or it is on already, and RuleViolation for a wrong code.
    """
    pending = TwoFactor.fetch(user_id=caller.user_id, consistent=True)
    if pending is None or pending.is_confirmed:
        raise Conflict("Begin the enrolment first.", code="NOT_ENROLLING")
    unit = Unit()
    step = _first_proof(pending, code, unit)
    codes = [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(_RECOVERY_CODES)
    ]
    actions = [
        TwoFactor.is_confirmed.set(True),
        TwoFactor.last_step.set(step),
        TwoFactor.recovery_hashes.set({_hash(caller.user_id, each) for each in codes}),
    ]
    event = TwoFactorChanged(user_id=caller.user_id, change="enabled")
    unit.create(audit("second_factor.enable", caller.user_id, before={}, after={"method": pending.method}))
    undo_offers.offer(unit, User.require(user_id=caller.user_id, consistent=True), "second_factor", {})
    unit.change(
        pending,
        *actions,
        when=_unchanged(pending),
        events=[event],
        refuse=Conflict("Begin the enrolment again."),
    ).commit()
    return RecoveryCodes(recovery_codes=codes)


def _first_proof(pending: TwoFactor, code: str, unit: Unit) -> int:
    """Return the time step of an authenticator's first code; 0 for a code that was sent, which is used up."""
    if pending.method != "totp":
        spent = one_time_codes.spend_of(pending.user_id, "second_factor", code, target=None)
        if spent.channel != pending.method:
            raise one_time_codes.wrong()
        one_time_codes.use_up(spent, unit)
        return 0
    step = _step_of(pending, code)
    if step is None:
        raise rule_violation("CODE_WRONG", "This code is wrong. Check the clock of your device.")
    return step


def _unchanged(factor: TwoFactor) -> Condition:
    is_same: Condition = TwoFactor.version == int(factor.version)
    return is_same


def disable(caller: Principal, password: str, code: str) -> None:
    """Switch the second factor off, with the password and a code.

    Raises Conflict when it is off, Locked after too many failures and RuleViolation for a wrong password or code.
    """
    user_secrets = read_user_secrets(caller.user_id)
    if not user_secrets.has_second_factor or user_secrets.two_factor is None:
        raise Conflict("Two-factor sign-in is off.", code="TWO_FACTOR_DISABLED")
    unit = Unit()
    passwords.confirm(user_secrets, password, unit)
    factor = user_secrets.two_factor
    proof = _matched(user_secrets, factor, code)
    unit.remove(proof.counted)
    if proof.spent:
        one_time_codes.use_up(proof.spent, unit)
    unit.remove(factor, when=TwoFactor.is_confirmed == True)  # noqa: E712 - an expression of storage
    unit.create(audit("second_factor.disable", caller.user_id, before={"method": factor.method}, after={}))
    user = User.require(user_id=caller.user_id, consistent=True)
    undo_offers.offer(unit, user, "second_factor", undo_offers.factor_of(factor))
    send(unit, TwoFactorChanged(user_id=caller.user_id, change="disabled"))
    unit.commit()


def prove(user_secrets: UserSecrets, given: str, unit: Unit) -> None:
    """Accept a code of the factor or a recovery code, each once; the proof's write is added to the unit.

    A code counts for its own 30 seconds and those before and after (RFC 6238, 5.2); a step that was used is refused.
    Raises Unauthenticated for a wrong one and Locked when too many were wrong.
    """
    factor = user_secrets.two_factor
    if factor is None:
        raise _wrong()
    proof = _matched(user_secrets, factor, given)
    unit.remove(proof.counted)
    _keep(proof, factor, unit)


def prove_recovery(user_secrets: UserSecrets, given: str, unit: Unit) -> None:
    """Accept a recovery code in place of a code that was sent, after the try was counted; raises Unauthenticated."""
    factor = user_secrets.two_factor
    hashed = _hash(user_secrets.user_id, given.strip().lower())
    if factor is None or not factor.is_confirmed or hashed not in (factor.recovery_hashes or ()):
        raise _wrong()
    _keep(_Proof(SignInFailures(), recovery_hash=hashed), factor, unit)


def _keep(proof: "_Proof", factor: TwoFactor, unit: Unit) -> None:
    """Add to a unit that a code is used."""
    if proof.spent is not None:
        one_time_codes.use_up(proof.spent, unit)
    elif proof.step is not None:
        unit.change(factor, TwoFactor.last_step.set(proof.step), when=TwoFactor.last_step < proof.step, refuse=_wrong())
    elif proof.recovery_hash is not None:
        event = TwoFactorChanged(user_id=factor.user_id, change="recovery_code_used")
        spent = TwoFactor.recovery_hashes.delete({proof.recovery_hash})
        is_there = TwoFactor.recovery_hashes.contains(proof.recovery_hash)
        unit.change(factor, spent, when=is_there, events=[event], refuse=_wrong())


class _Proof(NamedTuple):
    """A right code, and the count to be forgotten: the authenticator's step, a recovery code's hash, or one sent."""

    counted: SignInFailures
    step: int | None = None
    recovery_hash: str | None = None
    spent: SpentCode | None = None


def _matched(user_secrets: UserSecrets, factor: TwoFactor, given: str) -> _Proof:
    counted = login_throttle.count(login_throttle.by_account("totp", user_secrets.user_id))
    step = _step_of(factor, given) if factor.method == "totp" else None
    if step is not None:
        return _Proof(counted, step=step)
    hashed = _hash(user_secrets.user_id, given.strip().lower())
    if hashed in (factor.recovery_hashes or ()):
        return _Proof(counted, recovery_hash=hashed)
    if factor.method != "totp":
        return _Proof(counted, spent=_sent(factor, given))
    raise _wrong()


def _sent(factor: TwoFactor, given: str) -> SpentCode:
    """Return the sign-in code that somebody asked for, who has a factor of codes that are sent."""
    try:
        requester = client_context.requester()
        spent = one_time_codes.spend_of(factor.user_id, "sign_in", given, target=None, requester=requester)
    except RuleViolation:
        raise _wrong() from None
    if spent.channel != factor.method:
        raise _wrong()
    return spent


def _wrong() -> Unauthenticated:
    return Unauthenticated("This code is wrong or was used already.")


def _step_of(factor: TwoFactor, code: str) -> int | None:
    """Return the time step that a code belongs to, if it is one that counts now and was not used."""
    import pyotp

    totp = pyotp.TOTP(sealing.decrypt(_PURPOSE, factor.secret or ""))
    now = clock.now()
    for moment in (now - _STEP, now, now + _STEP):
        step = int(moment.timestamp()) // int(_STEP.total_seconds())
        if step > int(factor.last_step) and secrets.compare_digest(totp.at(moment).encode(), code.encode()):
            return step
    return None


def _hash(user_id: str, recovery_code: str) -> str:
    return sealing.mark("recovery", user_id, recovery_code)
