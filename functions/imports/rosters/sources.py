"""Systems that are asked for rosters: given by administrators, asked through the safe client."""

import base64
import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from lyceum.kit import ids
from lyceum.kit.errors import Conflict, Unavailable, rule_violation
from lyceum.kit.identity import sealing
from lyceum.kit.outgoing.client import client
from lyceum.kit.outgoing.errors import AddressRefused, OutgoingError
from lyceum.kit.table import Unit, find
from lyceum.model.audit import audit
from lyceum.model.imports import RosterSource

from functions.imports.rosters.schemas import NewRosterSource

MOST = 10
_SEALED = "roster source"
_SCOPE = "https://purl.imsglobal.org/spec/or/{version}/scope/roster-core.readonly"
_MOST_BYTES = 4 << 20
_MAY_PASS = 500
_TOO_MANY = 429


def every() -> list[RosterSource]:
    """Return the systems of the organisation (1 storage request)."""
    return find(RosterSource, limit=MOST * 2).items


def create(wanted: NewRosterSource) -> RosterSource:
    """Add a system; raises RuleViolation SOURCE_ADDRESS_REFUSED, TOO_MANY_SOURCES, and Conflict for one known."""
    for name, address in (("url", wanted.url), ("tokenUrl", wanted.token_url)):
        try:
            client().read(address)
        except AddressRefused as refusal:
            raise rule_violation("SOURCE_ADDRESS_REFUSED", str(refusal), field=name) from refusal
    known = every()
    if len(known) >= MOST:
        raise rule_violation("TOO_MANY_SOURCES", f"There are {MOST} sources at most.")
    url = wanted.url.rstrip("/")
    if any(each.url == url for each in known):
        raise Conflict("This source is there already.")
    source = RosterSource(
        source_id=ids.new_id(),
        label=wanted.label,
        url=url,
        token_url=wanted.token_url,
        client_id=wanted.client_id,
        secret=sealing.encrypt(_SEALED, wanted.client_secret),
    )
    Unit().create(source).create(audit("roster_source.create", source.source_id, before={}, after={})).commit()
    return source


def remove(source_id: str) -> None:
    """Ask a system no more; what it brought stays. Raises NotFound."""
    source = RosterSource.require(source_id=source_id)
    Unit().remove(source).create(audit("roster_source.remove", source_id, before={}, after={})).commit()


def token(source: RosterSource) -> str:
    """Ask for an access token (RFC 6749, 4.4); raises RuleViolation SOURCE_REFUSES, Unavailable."""
    pair = f"{source.client_id}:{sealing.decrypt(_SEALED, source.secret)}"
    version = "v1p1" if "/v1p1" in source.url else "v1p2"
    form = urlencode({"grant_type": "client_credentials", "scope": _SCOPE.format(version=version)})
    headers = {
        "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    told = _asked("POST", source.token_url, form.encode(), headers)
    found = told.get("access_token")
    if not isinstance(found, str) or not found.isascii() or not found.isprintable():
        raise rule_violation("SOURCE_REFUSES", "The source gives no token.")
    return found


def read(source: RosterSource, bearer: str, table: str, query: dict[str, str]) -> list[dict[str, Any]]:
    """Return a page of a table (OneRoster 1.2, REST binding, 3.4); raises as `token` does."""
    headers = {"Authorization": f"Bearer {bearer}", "Accept": "application/json"}
    told = _asked("GET", f"{source.url}/{table}?{urlencode(query)}", None, headers)
    rows = told.get(table, [])
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
        raise rule_violation("SOURCE_REFUSES", f"The source tells no {table}.")
    return rows


def _asked(method: Any, address: str, body: bytes | None, headers: dict[str, str]) -> dict[str, Any]:
    try:
        reply = replace(client(), most_bytes=_MOST_BYTES).call(method, address, body=body, headers=headers)
    except AddressRefused as refusal:
        raise rule_violation("SOURCE_ADDRESS_REFUSED", str(refusal)) from refusal
    except OutgoingError as error:
        raise Unavailable from error
    if reply.status >= _MAY_PASS or reply.status == _TOO_MANY:
        raise Unavailable
    if not reply.is_success or not reply.is_whole:
        raise rule_violation("SOURCE_REFUSES", f"The source answers {reply.status}.")
    try:
        told = json.loads(reply.body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise rule_violation("SOURCE_REFUSES", "The source's answer can not be read.")
    return told
