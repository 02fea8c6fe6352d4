"""Passkeys over HTTP: registering them, and signing in with one."""

from lyceum.kit.http import PUBLIC, USER, Answer, Api, Caller
from lyceum.kit.http.schemas import Removed
from lyceum.rules.sessions import recheck

from functions.auth import client_context
from functions.auth.passkeys import entering, registration
from functions.auth.passkeys.schemas import PasskeyList, PasskeyOptions, PasskeyView, RegisterPasskey, UsePasskey
from functions.auth.sign_in import cookies
from functions.auth.sign_in.schemas import SignedIn

api = Api("auth", recheck=recheck)
handler = api.handler


@api.post("/api/auth/passkeys/register/options", access=USER.proven(), limit="60/hour")
def start_passkey_registration(caller: Caller) -> PasskeyOptions:
    """Return what a browser makes a new passkey by."""
    return registration.options(caller)


@api.post("/api/auth/passkeys/register/verify", access=USER.proven(), status=201, limit="60/hour")
def register_passkey(caller: Caller, body: RegisterPasskey) -> PasskeyView:
    """Store a new passkey."""
    return registration.register(caller, body)


@api.post("/api/auth/passkeys/login/options", access=PUBLIC, limit="600/hour")
def start_passkey_sign_in() -> PasskeyOptions:
    """Return what a browser asks for a passkey by, whoever it is of."""
    return entering.options()


@api.post("/api/auth/passkeys/login/verify", access=PUBLIC, limit="60/minute", refuses=(401, 403))
def log_in_by_passkey(body: UsePasskey, answer: Answer) -> SignedIn:
    """Sign in with a passkey, or finish a sign-in that waits for its second step."""
    return cookies.keep(answer, entering.sign_in(body, client_context.of_request(body.device_token)))


@api.get("/api/auth/passkeys", access=USER)
def list_passkeys(caller: Caller) -> PasskeyList:
    """List the caller's passkeys."""
    return PasskeyList(passkeys=registration.of_person(caller))


@api.delete("/api/auth/passkeys/{credentialId}", access=USER.proven())
def remove_passkey(caller: Caller, credential_id: str) -> Removed:
    """Remove a passkey, unless it is the last way in."""
    registration.remove(caller, credential_id)
    return Removed(id=credential_id)
