"""The Lambdas of auth, and what each reads and writes."""

from lyceum.kit.manifest import (
    Authorizer,
    Function,
    Http,
    IdentitySecret,
    PublicKey,
    Queue,
    SendMail,
    SendText,
    Sign,
)
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import (
    Challenge,
    Credential,
    Device,
    LoginName,
    NamedRange,
    OneTimeCode,
    RangeFailures,
    RefreshKey,
    ResetTicket,
    Session,
    SignInFailures,
    TwoFactor,
)
from lyceum.model.users.account import User
from lyceum.model.users.classes import PinCard
from lyceum.model.users.invitations import Invitation

_SECRETS = (Credential, RefreshKey, Device, TwoFactor, OneTimeCode, Challenge, ResetTicket)
_ACCOUNTS = (
    User, Session, LoginName, SignInFailures, RangeFailures, NamedRange, *_SECRETS, PinCard, Invitation,
)  # fmt: skip

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=_ACCOUNTS,
        writes=(*_ACCOUNTS, AuditEvent),
        permissions=(Sign(), PublicKey(), IdentitySecret()),
        memory_mb=1024,
        layers=("signin",),
    ),
    Function("authorizer", Authorizer(), reads=(User, Session), permissions=(PublicKey(),)),
    Function(
        "events",
        Queue(),
        reads=(User, LoginName, Invitation),
        writes=(OneTimeCode,),
        permissions=(SendMail(), SendText(), IdentitySecret()),
        timeout_seconds=20,
        layers=("mail",),
    ),
)
