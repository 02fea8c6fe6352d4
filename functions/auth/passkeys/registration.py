"""Registering passkeys, naming and removing them."""

import json

from lyceum.events.auth import WayInChanged
from lyceum.kit import base64url
from lyceum.kit.consumers.outbox import send
from lyceum.kit.errors import Conflict, Forbidden, NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Unit, find
from lyceum.model.audit import audit
from lyceum.model.auth import Passkey
from lyceum.model.users.account import User

from functions.auth.credentials.user_secrets import read_user_secrets
from functions.auth.federation import links, people
from functions.auth.passkeys import challenges
from functions.auth.passkeys.schemas import PasskeyOptions, PasskeyView, RegisterPasskey

MOST_PASSKEYS = 20
GUARD = "passkey"
_TRANSPORTS = frozenset({"usb", "nfc", "ble", "smart-card", "hybrid", "internal"})


def options(caller: Principal) -> PasskeyOptions:
    """Return what a browser makes a passkey by (3 reads and 1 write).

    Raises Forbidden when there are twenty passkeys.
    """
    import webauthn
    from webauthn.helpers import structs

    known = _all_of(caller.user_id)
    if len(known) >= MOST_PASSKEYS:
        raise Forbidden(f"An account has {MOST_PASSKEYS} passkeys at most.", code="TOO_MANY_PASSKEYS")
    user = User.require(user_id=caller.user_id)
    asked = webauthn.generate_registration_options(
        rp_id=challenges.relying_party(),
        rp_name="Lyceum",
        user_id=caller.user_id.encode(),
        user_name=user.email or user.username,
        user_display_name=f"{user.first_name} {user.last_name}",
        challenge=challenges.begin("register", caller.user_id),
        timeout=int(challenges.GOOD_FOR.total_seconds() * 1000),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=base64url.decode(each.credential_id)) for each in known
        ],
    )
    lasts = int(challenges.GOOD_FOR.total_seconds())
    return PasskeyOptions(public_key=json.loads(webauthn.options_to_json(asked)), expires_in_seconds=lasts)


def register(caller: Principal, wanted: RegisterPasskey) -> PasskeyView:
    """Store a new passkey (2 reads and 1 transaction).

    Raises RuleViolation for one that does not fit its challenge or this site, or whose holder was not verified, and
    Conflict for one that is registered already.
    """
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    given = wanted.credential
    kept, challenge = challenges.find(given.response.clientDataJSON, "register", caller.user_id)
    try:
        verified = webauthn.verify_registration_response(
            credential=given.model_dump(),
            expected_challenge=challenge,
            expected_rp_id=challenges.relying_party(),
            expected_origin=list(challenges.origins(given.response.clientDataJSON)),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, IndexError):
        raise challenges.wrong() from None
    passkey = Passkey(
        user_id=caller.user_id,
        credential_id=base64url.encode(verified.credential_id),
        name=wanted.name,
        public_key=base64url.encode(verified.credential_public_key),
        sign_count=verified.sign_count,
        transports=_TRANSPORTS & set(given.response.transports) or None,
        is_synced=verified.credential_backed_up,
    )
    taken = Conflict("This passkey is registered already.", code="PASSKEY_EXISTS")
    guard = people.guard_of(GUARD, passkey.credential_id)
    guard.user_id = caller.user_id
    unit = Unit()
    challenges.spend(unit, kept)
    told = WayInChanged(user_id=caller.user_id, change="passkey_added", label=wanted.name)
    unit.create(passkey, told, refuse=taken).create(guard, refuse=taken)
    unit.create(audit("passkey.register", caller.user_id, before={}, after={"name": wanted.name})).commit()
    return PasskeyView.model_validate(passkey)


def of_person(caller: Principal) -> list[PasskeyView]:
    """List the caller's passkeys (1 storage request)."""
    return [PasskeyView.model_validate(each) for each in _all_of(caller.user_id)]


def _all_of(user_id: str) -> list[Passkey]:
    return find(Passkey, user_id=user_id, limit=MOST_PASSKEYS).items


def remove(caller: Principal, credential_id: str) -> None:
    """Remove one of the caller's passkeys (2 reads and 1 transaction).

    Raises NotFound, and Conflict LAST_WAY_IN for the last way in.
    """
    user_secrets = read_user_secrets(caller.user_id)
    missing = NotFound("There is no such passkey.")
    gone = next((each for each in user_secrets.passkeys if each.credential_id == credential_id), None)
    if gone is None:
        raise missing
    last = Conflict("This is your last way in. Set a password or link another identity first.", code="LAST_WAY_IN")
    other = links.another_way(user_secrets, gone)
    if other is None:
        raise last
    unit = Unit().remove(gone, when=Passkey.pk.exists(), refuse=missing)
    unit.check(other, Entity.pk.exists(), refuse=last)
    unit.remove(people.guard_of(GUARD, credential_id))
    send(unit, WayInChanged(user_id=caller.user_id, change="passkey_removed", label=gone.name))
    unit.create(audit("passkey.remove", caller.user_id, before={"name": gone.name}, after={})).commit()
