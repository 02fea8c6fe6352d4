"""The Lambdas of auth, and what each reads and writes.

They are apart by what they load and by what they may see: only accounts and those that begin sessions know secrets of
people, and only `oauth` what people let apps do.
"""

from lyceum.kit.identity.records import Revocation
from lyceum.kit.manifest import (
    Bucket,
    CallWebhooks,
    EdgeKey,
    Function,
    Http,
    IdentitySecret,
    Queue,
    SendMail,
    SendText,
    Sign,
)
from lyceum.model.analytics.learners import LearnerFigures
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import (
    Challenge,
    CodesSent,
    Credential,
    Device,
    LaunchTicket,
    LinkedIdentity,
    LoginName,
    NamedRange,
    OneTimeCode,
    Passkey,
    RangeFailures,
    RefreshKey,
    ResetTicket,
    Session,
    SignInFailures,
    TwoFactor,
    UndoOffer,
)
from lyceum.model.federation import (
    EncryptionKey,
    FederatedIdentity,
    IdentityProvider,
    PasskeyChallenge,
    SignInState,
    SpentAssertion,
)
from lyceum.model.oauth import AuthorizationCode, OAuthClient, OAuthGrant
from lyceum.model.study.learners import Learner
from lyceum.model.texts import TextsSent
from lyceum.model.users.account import User
from lyceum.model.users.classes import PinCard
from lyceum.model.users.guardians import Guardianship
from lyceum.model.users.invitations import Invitation

_SECRETS = (
    Credential,
    RefreshKey,
    Device,
    TwoFactor,
    OneTimeCode,
    Challenge,
    ResetTicket,
    UndoOffer,
    LinkedIdentity,
    Passkey,
)
_ACCOUNTS = (
    User, Session, LoginName, SignInFailures, RangeFailures, NamedRange, *_SECRETS, PinCard, Invitation, LaunchTicket,
)  # fmt: skip
_FEDERATION = (IdentityProvider, EncryptionKey, FederatedIdentity, SignInState, SpentAssertion)

LAMBDAS = (
    Function(
        "http.accounts",
        Http(),
        reads=(*_ACCOUNTS, Guardianship, Learner, LearnerFigures),
        writes=(*_ACCOUNTS, Guardianship, FederatedIdentity, AuditEvent, Revocation),
        permissions=(Sign(), IdentitySecret(), Bucket("derived/", ("read",)), EdgeKey()),
        memory_mb=1024,
        layers=("signin",),
    ),
    Function(
        "http.oauth",
        Http(),
        reads=(User, Session, OAuthClient, OAuthClient.index("gsi1"), AuthorizationCode, OAuthGrant),
        writes=(OAuthClient, AuthorizationCode, OAuthGrant, AuditEvent, Revocation),
        permissions=(Sign(), IdentitySecret()),
    ),
    Function(
        "http.social",
        Http(),
        reads=(User, Session, LoginName, *_FEDERATION, *_SECRETS),
        writes=(User, Session, LoginName, SignInFailures, *_FEDERATION, *_SECRETS, AuditEvent, Revocation),
        permissions=(IdentitySecret(), CallWebhooks()),
        timeout_seconds=20,
    ),
    Function(
        "http.passkeys",
        Http(),
        reads=(User, Session, FederatedIdentity, PasskeyChallenge, *_SECRETS),
        writes=(User, Session, SignInFailures, FederatedIdentity, PasskeyChallenge, *_SECRETS, AuditEvent, Revocation),
        permissions=(Sign(), IdentitySecret()),
        layers=("passkeys",),
    ),
    Function(
        "http.saml",
        Http(),
        reads=(User, Session, LoginName, *_FEDERATION, *_SECRETS),
        writes=(User, Session, LoginName, SignInFailures, *_FEDERATION, *_SECRETS, AuditEvent, Revocation),
        permissions=(IdentitySecret(),),
        layers=("saml",),
    ),
    Function(
        "events",
        Queue(),
        reads=(User, LoginName, Invitation, Guardianship, OAuthGrant, OAuthGrant.index("gsi1"), *_SECRETS),
        writes=(*_SECRETS, OAuthGrant, FederatedIdentity, CodesSent, TextsSent),
        permissions=(SendMail(), SendText(), IdentitySecret()),
        timeout_seconds=20,
        layers=("mail",),
    ),
)
