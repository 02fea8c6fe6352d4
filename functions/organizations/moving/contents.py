"""What a capsule holds of an item, and how it is written: without the tenant, so that it fits any.

Left behind is what proves people (passwords, second factors, sessions, keys), what would act by itself elsewhere
(apps, webhooks, devices), what lasts for minutes, and what is made anew from the rest: the search index,
figures of the product's own work, the chain of the audit trail, which is signed for its tenant.
"""

import base64
import hashlib
import importlib
import json
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import lyceum.model
from lyceum.kit.table.entity import Entity
from lyceum.kit.table.whole_tenants import Raw

LEFT_BEHIND = frozenset({
    "credential", "refresh_key", "device", "two_factor", "one_time_code", "challenge", "reset_ticket", "undo_offer",
    "session", "sign_in_failures", "range_failures", "named_range", "codes_sent", "pin_card", "texts_sent",
    "api_key", "api_key_use", "revocation", "invitation", "push_device", "push_token", "delivery",
    "app", "app_installation", "oauth_client", "oauth_grant", "authorization_code",
    "device_code", "classroom_device", "device_state", "device_command", "device_reading", "clicker_quiz",
    "clicker_answers", "webhook", "webhook_delivery", "socket_ticket", "socket_connection", "follower", "channel_event",
    "rate_limit_window", "idempotency_record", "outbox_item", "processed_event", "telemetry_batch", "long_job",
    "job_state", "schedule_mark", "own_schedule", "live_mark", "api_usage", "storage_shape", "error_group",
    "day_count", "entity_count", "search_change", "search_backlog", "audit_link", "audit_head", "audit_root",
    "organization", "domain_claim", "capsule", "departure", "tenant", "tenant_host", "data_export",
})  # fmt: skip
_KEYS = ("PK", "GSI1PK", "GSI2PK")
_NOT_TAKEN = frozenset({"outbox", "outbox_size", "tenant"})
_ANY = "~"
"""Stands for the tenant in the names of files."""
_FOLDERS = "uploads|derived|derived/exports|derived/privacy|imports|imports-parsed|imports-people"


class Unfit(ValueError):
    """A line of a capsule is nothing that may be written."""


def is_taken(item: Raw) -> bool:
    """Say whether a capsule holds an item."""
    return item["kind"]["S"] not in LEFT_BEHIND


def pack(item: Raw, tenant: str) -> str:
    """Write an item as a line that names no tenant: canonical JSON, bytes in base 64."""
    kept = {name: value for name, value in item.items() if name not in _NOT_TAKEN}
    for name in _KEYS:
        if name in kept:
            kept[name] = {"S": kept[name]["S"].removeprefix(f"{tenant}|")}
    files = re.compile(rf"(?<![A-Za-z0-9_-])({_FOLDERS})/{re.escape(tenant)}/")
    named = {name: _each_text(value, lambda text: files.sub(rf"\1/{_ANY}/", text)) for name, value in kept.items()}
    return json.dumps(named, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_bytes)


def unpack(line: str, tenant: str) -> Raw:
    """Read a line as an item of a tenant; raises Unfit for a kind that is not taken or stands where it must not."""
    try:
        item: Raw = json.loads(line, object_hook=_unwrapped)
        kind, partition = item["kind"]["S"], item["PK"]["S"]
        family = _families().get(kind)
    except (ValueError, KeyError, TypeError) as error:
        raise Unfit("a line is no item") from error
    if family is None or not partition.startswith(f"{family}#"):
        raise Unfit(f"{str(kind)[:40]} is not taken from a capsule")
    files = re.compile(rf"(?<![A-Za-z0-9_-])({_FOLDERS})/{_ANY}/")
    put = {name: _each_text(value, lambda text: files.sub(rf"\1/{tenant}/", text)) for name, value in item.items()}
    for name in _KEYS:
        if name in put:
            put[name] = {"S": f"{tenant}|{put[name]['S']}"}
    return {**put, "tenant": {"S": tenant}}


@cache
def _families() -> dict[str, str]:
    """Return the key family of every kind that is taken."""
    for module in pkgutil.walk_packages(lyceum.model.__path__, f"{lyceum.model.__name__}."):
        importlib.import_module(module.name)
    kinds = [kind for kind in Entity.kind.get_registered_subclasses(Entity) if hasattr(kind, "keys")]
    names = {str(Entity.kind.get_discriminator(kind)): kind.keys.family for kind in kinds}
    return {name: family for name, family in names.items() if name not in LEFT_BEHIND}


def _each_text(value: Any, change: Any) -> Any:
    """Return a value of storage's JSON with every text in it changed."""
    if isinstance(value, Mapping):
        return {
            name: change(each) if name == "S" and isinstance(each, str) else _each_text(each, change)
            for name, each in value.items()
        }
    return [_each_text(each, change) for each in value] if isinstance(value, list) else value


def _bytes(value: Any) -> Any:
    return {"base64": base64.b64encode(bytes(value)).decode()}


def _unwrapped(value: dict[str, Any]) -> Any:
    return base64.b64decode(value["base64"], validate=True) if set(value) == {"base64"} else value


def add_up(digest: str, lines: list[str]) -> str:
    """Add lines to a digest: the sum of their SHA-256 (modulo 2^256), the same in whatever order they come.

    It tells equal contents from different ones; that they are who signed them says the signature over each part.
    """
    total = int(digest, 16)
    for line in lines:
        total += int.from_bytes(hashlib.sha256(line.encode()).digest(), "big")
    return f"{total % 2**256:064x}"
