"""Other systems that watch exams: how one is begun, and what it tells, both signed with the secret that the two share.

A launch is an address with the session, its end and a signature over them (HMAC-SHA256), as LTI launches are signed
requests of a browser. What the other system tells comes signed by Standard Webhooks, and a message counts once.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from pydantic import ValidationError

from lyceum.kit import base64url, clock
from lyceum.kit.errors import BadRequest, Conflict, NotFound, Unauthenticated, rule_violation
from lyceum.kit.identity import Principal, sealing
from lyceum.kit.outgoing import urls
from lyceum.kit.outgoing.errors import AddressRefused
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.kit.tenancy import directory
from lyceum.model.proctoring import ProctorProvider, ProctorSession, ProctorViolation
from lyceum.rules import audits, webhook_signatures

from functions.proctoring.schemas import MessageTaken, ProviderMessage, ProviderView, SetProvider

_SEALED = "proctoring provider"


def set_provider(caller: Principal, name: str, wanted: SetProvider) -> ProviderView:
    """Set another system up, or change it (1 storage request and 1 transaction).

    Raises RuleViolation LAUNCH_ADDRESS_REFUSED for an address that browsers are not sent to.
    """
    try:
        urls.parse(wanted.launch_url, loopback=settings().is_local)
    except AddressRefused as refusal:
        raise rule_violation("LAUNCH_ADDRESS_REFUSED", str(refusal), field="launchUrl") from refusal
    provider = ProctorProvider.fetch(provider=name, consistent=True)
    secret = None
    if provider is None or wanted.rotate_secret:
        secret = webhook_signatures.new_secret()
    provider = provider or ProctorProvider(provider=name)
    if secret is not None:
        provider.secret = sealing.encrypt(_SEALED, secret)
    provider.launch_url, provider.is_enabled = wanted.launch_url, wanted.is_enabled
    unit = Unit().save(provider)
    after = {"launchUrl": wanted.launch_url, "isEnabled": wanted.is_enabled, "rotated": secret is not None}
    audits.note(unit, caller.user_id, None, "proctoring.provider.set", name, after=after)
    unit.commit()
    return ProviderView(provider=name, launch_url=provider.launch_url, is_enabled=provider.is_enabled, secret=secret)


def launch_url(provider: ProctorProvider, session: ProctorSession, until: datetime) -> str:
    """Return the address at which another system is begun for a session; it names nobody but by id."""
    asked = {
        "session": session.session_id,
        "user": hashlib.sha256(f"{session.session_id}\0{session.user_id}".encode()).hexdigest()[:32],
        "until": str(int(until.timestamp())),
        "callback": f"{directory.api_address()}/api/proctoring/webhook/{provider.provider}",
    }
    query = urlencode(asked)
    mark = base64url.encode(hmac.digest(_secret(provider).encode(), query.encode(), hashlib.sha256))
    return f"{provider.launch_url}{'&' if '?' in provider.launch_url else '?'}{query}&signature={mark}"


def _secret(provider: ProctorProvider) -> str:
    return sealing.decrypt(_SEALED, provider.secret)


def accept(name: str, headers: Mapping[str, str], body: bytes) -> MessageTaken:
    """Take what another system tells of a session (2 storage requests and 1 transaction); what came before is no news.

    Raises NotFound for one that is not set up, Unauthenticated BAD_SIGNATURE, BadRequest for another form, and NotFound
    for a session that it does not watch.
    """
    provider = ProctorProvider.fetch(provider=name, consistent=True)
    if provider is None or not provider.is_enabled:
        raise NotFound("There is no such provider.")
    if not webhook_signatures.is_signed(_secret(provider), headers, body, clock.now()):
        raise Unauthenticated("This is not signed as it has to be.", code="BAD_SIGNATURE")
    try:
        told = ProviderMessage.model_validate_json(body)
    except ValidationError:
        raise BadRequest("This is not what a provider tells.") from None
    session = ProctorSession.fetch(session_id=told.session_id, consistent=True)
    if session is None or session.provider != name:
        raise NotFound("There is no such proctoring session.")
    _keep(session, told, hashlib.sha256(headers["webhook-id"].encode()).hexdigest()[:16])
    return MessageTaken()


def _keep(session: ProctorSession, told: ProviderMessage, message: str) -> None:
    session.external_id, session.received_at = told.external_id or session.external_id, clock.now()
    known = Conflict("This was told before.", code="TOLD_BEFORE")
    unit = Unit()
    for place, each in enumerate(told.events):
        made = ProctorViolation(
            session_id=session.session_id,
            violation_id=f"told-{message}-{place:02d}",
            rule=each.type,
            severity=each.severity,
            happened_at=each.at,
            facts={"note": each.note} if each.note else {},
        )
        made.ttl = session.ttl
        session.severities = {**session.severities, each.severity: session.severities.get(each.severity, 0) + 1}
        unit.create(made, refuse=known)
    try:
        unit.replace(session).commit()
    except Conflict as refusal:
        if refusal.code != "TOLD_BEFORE":
            raise
