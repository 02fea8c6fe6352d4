"""The Lambda of apps, and what it reads and writes."""

from lyceum.kit.identity.records import Revocation
from lyceum.kit.manifest import CallWebhooks, Function, Http
from lyceum.model.apps import App, Installation
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.oauth import OAuthClient
from lyceum.model.users.account import User
from lyceum.model.webhooks import Webhook

_OWN = (App, Installation, OAuthClient, Webhook)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(*_OWN, User, Session),
        writes=(*_OWN, AuditEvent, Revocation),
        permissions=(CallWebhooks(),),
    ),
)
