"""Signing in with a passkey: its holder is verified by the authenticator, so it is both factors."""

import json

from lyceum.kit import base64url, clock, metrics
from lyceum.kit.configuration import admission
from lyceum.kit.errors import Forbidden, Unauthenticated
from lyceum.kit.identity import sealing
from lyceum.kit.table import Unit
from lyceum.model.auth import Challenge, Passkey
from lyceum.model.users.account import User

from functions.auth.client_context import ClientContext
from functions.auth.credentials.user_secrets import read_user_secrets
from functions.auth.federation import people
from functions.auth.passkeys import challenges
from functions.auth.passkeys.schemas import PasskeyOptions, UsedCredential, UsePasskey
from functions.auth.sign_in import login, risk, sessions
from functions.auth.sign_in.schemas import SignedIn


def options() -> PasskeyOptions:
    """Return what a browser asks for a passkey by (1 write); the same for everybody, so that it tells of nobody."""
    import webauthn
    from webauthn.helpers import structs

    asked = webauthn.generate_authentication_options(
        rp_id=challenges.relying_party(),
        challenge=challenges.begin("login"),
        timeout=int(challenges.GOOD_FOR.total_seconds() * 1000),
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    lasts = int(challenges.GOOD_FOR.total_seconds())
    return PasskeyOptions(public_key=json.loads(webauthn.options_to_json(asked)), expires_in_seconds=lasts)


def sign_in(wanted: UsePasskey, client: ClientContext) -> SignedIn:
    """Begin a session with a passkey (3 reads, 4 with a challenge token, and 1 transaction).

    Raises RuleViolation for one that does not fit, in the same words whatever is wrong, Forbidden for a suspended
    account whose passkey was right or where the organisation's people begin another way, and Unauthenticated for a
    challenge token of somebody else, or one that is over.
    """
    if not wanted.challenge_token:
        admission.require_method("passkey")
    given = wanted.credential
    kept, challenge = challenges.find(given.response.clientDataJSON, "login")
    user_id = _holder(given)
    user_secrets = read_user_secrets(user_id)
    passkey = next((each for each in user_secrets.passkeys if each.credential_id == given.id), None)
    if passkey is None:
        metrics.count("SignInsFailed")
        raise challenges.wrong()
    count = _verified(given, challenge, passkey)
    user = User.fetch(user_id=user_id, consistent=True)
    if user is None or user.status_at(clock.now()) != "active":
        raise Forbidden("This account is suspended.", code="ACCOUNT_SUSPENDED")
    unit = Unit()
    challenges.spend(unit, kept)
    if wanted.challenge_token:
        _finish_challenge(unit, user_id, wanted.challenge_token)
    used = [Passkey.sign_count.set(count), Passkey.last_used_at.set(clock.now())]
    unit.change(passkey, *used, when=Passkey.sign_count == int(passkey.sign_count), refuse=challenges.wrong())
    unusual = risk.reasons(client, user_secrets.devices, 0)
    return sessions.start(user, user_secrets, client, wanted.device, unit, unusual)


def _holder(given: UsedCredential) -> str:
    """Return whose passkey it is said to be; the signature has yet to prove it."""
    try:
        user_id = base64url.decode(given.response.userHandle).decode("ascii")
    except ValueError:
        raise challenges.wrong() from None
    if not user_id.isalnum() or len(user_id) > 64:
        raise challenges.wrong()
    return user_id


def _verified(given: UsedCredential, challenge: bytes, passkey: Passkey) -> int:
    """Return how often the passkey signed; raises RuleViolation unless it signed this challenge for this site."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        verified = webauthn.verify_authentication_response(
            credential=given.model_dump(),
            expected_challenge=challenge,
            expected_rp_id=challenges.relying_party(),
            expected_origin=list(challenges.origins(given.response.clientDataJSON)),
            credential_public_key=base64url.decode(passkey.public_key),
            credential_current_sign_count=int(passkey.sign_count),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, IndexError):
        metrics.count("SignInsFailed")
        raise challenges.wrong() from None
    return int(verified.new_sign_count)


def _finish_challenge(unit: Unit, user_id: str, token: str) -> None:
    """Let a passkey be the second step of a sign-in that was begun otherwise, and link what it was to link."""
    refuse = Unauthenticated("This sign-in is over. Begin again.")
    try:
        named, challenge_id = sealing.unseal(login.CHALLENGE, token, 2)
    except sealing.BrokenSeal:
        raise refuse from None
    begun = Challenge.fetch(user_id=named, challenge_id=challenge_id, consistent=True)
    if named != user_id or begun is None or begun.expires_at <= clock.now():
        raise refuse
    unit.remove(begun, when=Challenge.pk.exists(), refuse=refuse)
    if begun.link:
        people.link(unit, user_id, begun.link)
