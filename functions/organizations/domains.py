"""Domains of an organisation: claimed, proven by the name system, and then leading to it.

The proof is a TXT record that only who runs the domain can write (as in RFC 8555, 8.4). It is asked for over HTTPS
(RFC 8484, in the JSON form that resolvers offer), of two resolvers that have to agree, so no single one gives a domain
away. On the local stage, which has no names of its own, a claim is taken for proven.
"""

import hmac
import json

from lyceum.kit import clock, context, ids
from lyceum.kit.errors import Conflict, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.outgoing.client import client
from lyceum.kit.outgoing.errors import OutgoingError
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, find
from lyceum.kit.tenancy import directory
from lyceum.kit.tenancy.records import TenantHost
from lyceum.model.audit import audit
from lyceum.model.organizations import DomainClaim

from functions.organizations import reach
from functions.organizations.schemas import ClaimDomain, DomainRecord, DomainView

MOST = 10
RESOLVERS = ("https://cloudflare-dns.com/dns-query", "https://dns.google/resolve")
_LABEL = "_lyceum-proof"
_TXT = 16
"""The type of TXT records (RFC 1035, 3.2.2)."""


def claim(caller: Principal, organization_id: str, wanted: ClaimDomain) -> DomainView:
    """Claim a host, or look whether one that was claimed is proven; then it leads to the organisation.

    Raises NotFound, Conflict HOST_TAKEN for a host of another organisation, and RuleViolation: HOST_OF_DEPLOYMENT,
    TOO_MANY_DOMAINS.
    """
    name = reach.require(caller, organization_id)
    own = settings().domain
    if wanted.host == own or wanted.host.endswith(f".{own}"):
        raise rule_violation("HOST_OF_DEPLOYMENT", "This host is the deployment's own.", field="host")
    with reach.within(name):
        claimed = DomainClaim.fetch(host=wanted.host, consistent=True)
        if claimed is None:
            claimed = _begin(wanted.host)
        elif claimed.state == "pending":
            _look(name, claimed)
    return _view(claimed)


def _begin(host: str) -> DomainClaim:
    if len(find(DomainClaim, limit=MOST).items) >= MOST:
        raise rule_violation("TOO_MANY_DOMAINS", f"An organisation has {MOST} domains at most.")
    claimed = DomainClaim(host=host, token=ids.new_secret(24))
    Unit().create(claimed).create(audit("domain.claim", host, before={}, after={})).commit()
    return claimed


def _look(name: str, claimed: DomainClaim) -> None:
    claimed.checked_at = clock.now()
    claimed.failure = _missing(claimed)
    if claimed.failure is not None:
        Unit().replace(claimed).commit()
        return
    claimed.state, claimed.proven_at = "active", clock.now()
    unit = Unit().replace(claimed).create(audit("domain.prove", claimed.host, before={}, after={}))
    with reach.among_tenants():
        taken = Conflict("This host is another organisation's.", code="HOST_TAKEN")
        unit.create(TenantHost(host=claimed.host, tenant_name=name), refuse=taken)
    unit.commit()
    directory.forget()


def _missing(claimed: DomainClaim) -> str | None:
    """Return why a claim is not proven, or None when it is."""
    if settings().is_local:
        return None
    for resolver in RESOLVERS:
        try:
            texts = _texts(resolver, f"{_LABEL}.{claimed.host}")
        except (OutgoingError, ValueError, TypeError, KeyError, AttributeError):
            return "The name system did not answer; try again."
        if not any(hmac.compare_digest(text.encode(), claimed.token.encode()) for text in texts):
            return "The TXT record is not there, or not everywhere yet."
    return None


def _texts(resolver: str, name: str) -> list[str]:
    """Return the TXT records of a name; raises OutgoingError, and ValueError for an answer that is none."""
    reply = client().call("GET", f"{resolver}?name={name}&type=TXT", headers={"accept": "application/dns-json"})
    if not reply.is_success or not reply.is_whole:
        raise ValueError("no answer")
    answers = json.loads(reply.body).get("Answer", [])
    return ["".join(each["data"].split('"')[1::2]) or each["data"] for each in answers if each["type"] == _TXT]


def _view(claimed: DomainClaim) -> DomainView:
    target = settings().api_host or f"{context.tenant()}.{settings().domain}"
    records = [
        DomainRecord(type="TXT", name=f"{_LABEL}.{claimed.host}", value=claimed.token),
        DomainRecord(type="CNAME", name=claimed.host, value=target),
    ]
    return DomainView(
        host=claimed.host,
        state=claimed.state,
        records=records,
        failure=claimed.failure,
        checked_at=claimed.checked_at,
        proven_at=claimed.proven_at,
    )
