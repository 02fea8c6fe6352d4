"""What callers of the endpoints of API keys send and get."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from lyceum.kit.http.schemas import Request, Schema, Timestamp
from lyceum.kit.identity.permissions import Permission
from lyceum.kit.identity.records import ApiKey
from lyceum.kit.values.text import Line


class NewApiKey(Request):
    """An API key to make: what it is for, what it may do, how often, and until when.

    - `scopes`: names of permissions that its maker has; none that manages organisations.
    - `callsPerMinute`: its own limit, at most that of the organisation's tier, which is taken where none is named.
    - `mustSign`: it is good with signed requests alone (`Lyceum-Signature`).
    """

    label: Annotated[Line, Field(min_length=1, max_length=80)]
    scopes: Annotated[list[Permission], Field(min_length=1, max_length=40)]
    calls_per_minute: Annotated[int, Field(ge=1, le=10_000)] | None = None
    must_sign: bool = False
    expires_at: datetime | None = None


class RotateApiKey(Request):
    """For how many hours the secret before is still good."""

    overlap_hours: Annotated[int, Field(ge=0, le=168)] = 24


class ApiKeyView(Schema):
    """An API key.

    - `apiKey`: the key itself, in the answer that makes or rotates it and never again.
    - `hint`: how it begins, to find it by.
    - `lastUsedAt`: to the hour.
    - `formerUntil`: until when the secret before is good.
    """

    key_id: str
    label: str
    owner_id: str
    scopes: list[str]
    calls_per_minute: int
    must_sign: bool
    hint: str
    api_key: str | None = None
    last_used_at: Timestamp | None = None
    former_until: Timestamp | None = None
    expires_at: Timestamp | None = None
    revoked_at: Timestamp | None = None
    revoked_reason: str | None = None
    created_at: Timestamp

    @classmethod
    def of(
        cls, key: ApiKey, hint: str, *, api_key: str | None = None, last_used_at: datetime | None = None
    ) -> "ApiKeyView":
        """Show a key as it is stored, without what its secrets are known by."""
        names = set(cls.model_fields) - {"api_key", "last_used_at", "hint", "scopes"}
        shown = {name: getattr(key, name) for name in names}
        return cls.model_validate(
            {**shown, "scopes": list(key.scopes), "hint": hint, "api_key": api_key, "last_used_at": last_used_at}
        )


class ApiKeyList(Schema):
    """Every API key of an organisation, the newest first; revoked ones for thirty days."""

    keys: list[ApiKeyView]
