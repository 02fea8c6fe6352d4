"""Signing in: by password or by a one-time code, with a second step where one is needed."""

import hashlib
import hmac
from datetime import timedelta
from typing import Any, NamedTuple

from aws_lambda_powertools import Logger

from lyceum.kit import clock, ids, metrics
from lyceum.kit.configuration import admission
from lyceum.kit.errors import Forbidden, RuleViolation, Unauthenticated
from lyceum.kit.identity import hashing, sealing
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.auth import Challenge, Credential, LaunchTicket, LoginName, SignInFailures
from lyceum.model.users.account import User
from lyceum.model.users.classes import PinCard
from lyceum.rules.sign_in_names import fold
from lyceum.tasks.auth import SendCode

from functions.auth.client_context import ClientContext
from functions.auth.credentials import login_throttle, named_ranges, one_time_codes, two_factor
from functions.auth.credentials.user_secrets import UserSecrets, read_user_secrets
from functions.auth.federation import people
from functions.auth.sign_in import risk, sessions
from functions.auth.sign_in.schemas import Challenged, CodeLogin, LaunchLogin, Login, SecondStep, SignedIn
from functions.auth.sign_in.sessions import Begun

_NOBODY = "nobody"
_WRONG = "The name or the password is wrong."
_CHALLENGE_STANDS = timedelta(minutes=10)
_MOST_TRIES = 5
CHALLENGE = "challenge"
logger = Logger()


def sign_in_by_password(wanted: Login, client: ClientContext) -> SignedIn | Challenged:
    """Sign in by password: three reads, two counts and one transaction, on a known device one count.

    The same is read, counted and worked out whether the name is known or not. Raises Unauthenticated in the same words
    for an unknown name and a wrong password, Locked after too many failures, and Forbidden for a suspended account
    whose password was right, or where the organisation's people sign in another way.
    """
    admission.require_method("password")
    name = fold(wanted.identifier)
    login_name = LoginName.fetch(name=name, consistent=True)
    user_id = login_name.user_id if login_name else _NOBODY
    user_secrets = read_user_secrets(user_id)
    device = user_secrets.device(client.device_hash)
    counted = login_throttle.count(
        login_throttle.by_device(device.token_hash) if device else login_throttle.by_name(name)
    )
    if device is None:
        login_throttle.count_in_range(client, name)
    user, card = batch_fetch([User.at(user_id=user_id), PinCard.at(user_id=user_id)], consistent=True)
    proof = _proof(user_secrets, card if isinstance(card, PinCard) else None, wanted.join_code)
    pins = None
    if proof and isinstance(proof.item, PinCard):
        pins = login_throttle.count(login_throttle.by_pin(proof.item, device.token_hash if device else None))
    good = hashing.matches(proof.stored if proof else None, wanted.password.get_secret_value())
    if not good or proof is None or not isinstance(user, User) or user.status == "deleted":
        _note_failure("pin" if pins else "password", user_id, is_known_device=device is not None)
        raise Unauthenticated(_WRONG)
    if pins:
        login_throttle.take_back(pins)
    if device is None:
        login_throttle.forget_in_range(client, name)
    unit = Unit()
    proof.keep(unit, wanted.password.get_secret_value())
    return _answer(user, _proceed(user, user_secrets, client, wanted.device, unit, counted))


def _answer(user: User, begun: Begun | Challenged) -> SignedIn | Challenged:
    """Sign the first access token of a session that has begun."""
    if isinstance(begun, Challenged):
        return begun
    return sessions.signed_in(user, begun.key, device_token=begun.device_token)


def _note_failure(by: str, user_id: str, *, is_known_device: bool) -> None:
    """Write a failed sign-in down with the account's id, and count it for the alarm."""
    logger.info("sign-in failed", extra={"user": user_id, "by": by, "knownDevice": is_known_device})
    metrics.count("SignInsFailed")


class _Proof(NamedTuple):
    """The hash that a password or a PIN is compared with, and where it stands."""

    item: Credential | PinCard
    field: str

    @property
    def stored(self) -> str:
        """The hash as it was read."""
        return str(getattr(self.item, self.field))

    def keep(self, unit: Unit, given: str) -> None:
        """Demand that the hash is still the one that was compared; make it anew when the parameters have changed."""
        attribute = getattr(type(self.item), self.field)
        unchanged = attribute == self.stored
        if hashing.hasher().check_needs_rehash(self.stored):
            unit.change(self.item, attribute.set(hashing.hasher().hash(given)), when=unchanged)
        else:
            unit.check(self.item, unchanged)


def _proof(user_secrets: UserSecrets, card: PinCard | None, join_code: str | None) -> _Proof | None:
    """Return what a sign-in is compared with: the password or, with the class's join code, the PIN of a card."""
    if user_secrets.credential:
        return _Proof(user_secrets.credential, "password_hash")
    is_of_class = card is not None and hmac.compare_digest(
        (join_code or "").strip().upper().encode(), card.join_code.encode()
    )
    return _Proof(card, "pin_hash") if card and is_of_class else None


def sign_in_by_code(wanted: CodeLogin, client: ClientContext) -> SignedIn | Challenged:
    """Sign in with a code that was sent to an e-mail address or a phone; raises RuleViolation for a wrong one.

    Whose second factor are codes by the same way needs the password: one mailbox is not two factors (Forbidden
    PASSWORD_NEEDED).
    """
    admission.require_method("code")
    try:
        spent = one_time_codes.spend(wanted.identifier, "sign_in", wanted.code)
    except RuleViolation:
        metrics.count("SignInsFailed")
        raise
    user = User.require(user_id=spent.code.user_id)
    if spent.code.target not in one_time_codes.proven(user).values():
        raise one_time_codes.wrong()
    user_secrets = read_user_secrets(user.user_id)
    if user_secrets.factor_method == spent.channel:
        raise Forbidden("Sign in with your password; codes are your second step.", code="PASSWORD_NEEDED")
    unit = Unit()
    one_time_codes.use_up(spent, unit)
    return _answer(user, _proceed(user, user_secrets, client, wanted.device, unit, is_by_code=True))


def sign_in_by_launch(wanted: LaunchLogin, client: ClientContext) -> SignedIn | Challenged:
    """Begin the session that a platform's launch gave a ticket for; raises Unauthenticated for one that is not good.

    Raises Forbidden where the organisation's people sign in another way.
    """
    admission.require_method("launch")
    refuse = Unauthenticated("This launch is over. Begin again on your platform.")
    digest = hashlib.sha256(wanted.ticket.encode()).hexdigest()
    ticket = LaunchTicket.fetch(digest=digest, consistent=True)
    if ticket is None or ticket.expires_at <= clock.now():
        raise refuse
    user = User.require(user_id=ticket.user_id)
    unit = Unit().remove(ticket, when=LaunchTicket.pk.exists(), refuse=refuse)
    user_secrets = read_user_secrets(user.user_id)
    return _answer(user, _proceed(user, user_secrets, client, wanted.device, unit, is_by_code=True))


def _proceed(
    user: User,
    user_secrets: UserSecrets,
    client: ClientContext,
    device: str | None,
    unit: Unit,
    counted: SignInFailures | None = None,
    *,
    is_by_code: bool = False,
) -> Begun | Challenged:
    """Begin a session, or ask for a second step when the account or the risk asks for one.

    The failures before it are forgotten when a session begins, and not before: they are part of the risk.
    """
    before = int(counted.failures) - 1 if counted else 0
    if user.status_at(clock.now()) != "active":
        _take_back(counted)
        raise Forbidden("This account is suspended.", code="ACCOUNT_SUSPENDED")
    unusual = risk.reasons(client, user_secrets.devices, before)
    reachable = one_time_codes.channel_of(user)
    is_doubtful = not is_by_code and reachable is not None and risk.score(unusual) >= risk.CHALLENGE_FROM
    if user_secrets.has_second_factor or (is_doubtful and not _is_named(client, unusual)):
        _take_back(counted)
        method = user_secrets.factor_method or str(reachable)
        return _challenge(user, method, device, unit, counted if before else None, user_secrets)
    if counted:
        unit.remove(counted)
    return sessions.begin(user, user_secrets, client, device, unit, unusual)


def proceed_by_other(
    user: User, user_secrets: UserSecrets, client: ClientContext, unit: Unit, *, link: dict[str, Any] | None
) -> Begun | Challenged:
    """Begin a session of somebody whom an identity provider vouches for; raises Forbidden for a suspended account.

    With `link` the account has yet to be linked to who somebody is there, so its owner finishes a second step first:
    with the second factor, or else with a code to the proven address.
    """
    if link is None:
        return _proceed(user, user_secrets, client, None, unit, is_by_code=True)
    if user.status_at(clock.now()) != "active":
        raise Forbidden("This account is suspended.", code="ACCOUNT_SUSPENDED")
    return _challenge(user, user_secrets.factor_method or "email", None, unit, None, user_secrets, link)


def _take_back(counted: SignInFailures | None) -> None:
    if counted:
        login_throttle.take_back(counted)


def _is_named(client: ClientContext, unusual: list[str]) -> bool:
    """Say whether nothing is unusual but a new device in a range that the school named (at most 1 storage request)."""
    return set(unusual) <= {"new_device", "new_network"} and named_ranges.covers(client.address)


def _challenge(
    user: User,
    method: str,
    device: str | None,
    unit: Unit,
    failures: SignInFailures | None,
    user_secrets: UserSecrets,
    link: dict[str, Any] | None = None,
) -> Challenged:
    challenge_id, expires = ids.new_id(), clock.now() + _CHALLENGE_STANDS
    challenge = Challenge(
        user_id=user.user_id, challenge_id=challenge_id, method=method, device=device, expires_at=expires
    )
    challenge.ttl = int(expires.timestamp())
    challenge.failures = failures.subject if failures else None
    challenge.link = link
    channel: one_time_codes.Channel = "email" if method == "email" else "sms"
    wanted = SendCode(purpose="second_step", user_id=user.user_id, challenge_id=challenge_id, channel=channel)
    unit.create(challenge, *([] if method == "totp" else [wanted])).commit()
    methods = [method, "recovery"] if user_secrets.has_second_factor else [method]
    methods += ["passkey"] if user_secrets.passkeys else []
    token = sealing.seal(CHALLENGE, user.user_id, challenge_id)
    return Challenged(challenge_token=token, methods=methods, expires_in_seconds=int(_CHALLENGE_STANDS.total_seconds()))


def finish_second_step(wanted: SecondStep, client: ClientContext) -> SignedIn:
    """Finish a sign-in with its second step.

    Raises Unauthenticated when the challenge is unknown, over or was tried five times, or when the code is wrong, and
    Locked when too many codes were, whatever challenge they were given for.
    """
    refuse = Unauthenticated("This sign-in is over. Begin again.")
    try:
        user_id, challenge_id = sealing.unseal(CHALLENGE, wanted.challenge_token, 2)
    except sealing.BrokenSeal:
        raise refuse from None
    challenge = Challenge.at(user_id=user_id, challenge_id=challenge_id)
    open_still = (Challenge.tries < _MOST_TRIES) & (Challenge.expires_at > clock.now())
    Unit().change(challenge, Challenge.tries.add(1), when=open_still, refuse=refuse).commit()
    user_secrets, user = read_user_secrets(user_id), User.fetch(user_id=user_id)
    if user is None or user.status_at(clock.now()) != "active":
        raise refuse
    unit = Unit().remove(challenge, when=Challenge.pk.exists(), refuse=refuse)
    try:
        _prove_second_step(challenge, user_secrets, wanted.code, unit)
    except Unauthenticated:
        _note_failure("second_step", user_id, is_known_device=user_secrets.device(client.device_hash) is not None)
        raise
    if challenge.failures:
        unit.remove(SignInFailures.at(subject=challenge.failures))
    if challenge.link:
        people.link(unit, user_id, challenge.link)
    unusual = risk.reasons(client, user_secrets.devices, 0)
    return sessions.start(user, user_secrets, client, challenge.device, unit, unusual)


def _prove_second_step(challenge: Challenge, user_secrets: UserSecrets, given: str, unit: Unit) -> None:
    """Accept the code that a challenge asks for; raises Unauthenticated for a wrong one, Locked after too many."""
    if challenge.method == "totp":
        two_factor.prove(user_secrets, given, unit)
        return
    counted = login_throttle.count(login_throttle.by_account("second-step", challenge.user_id))
    if not one_time_codes.is_second_step(challenge.user_id, challenge.challenge_id, given):
        if not user_secrets.has_second_factor:
            raise Unauthenticated("This code is wrong.")
        two_factor.prove_recovery(user_secrets, given, unit)
    unit.remove(counted)
