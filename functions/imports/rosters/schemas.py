"""What administrators send and get of systems that are asked for rosters."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.text import Line
from lyceum.messages.catalogue import Language

Address = Annotated[str, StringConstraints(min_length=10, max_length=500)]
Credential = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[\x21-\x7e]+$")]


class NewRosterSource(Request):
    """A system of the school that speaks OneRoster 1.1 or 1.2.

    - `url`: the address above `users`, such as `https://sis.school.org/ims/oneroster/rostering/v1p2`.
    - `tokenUrl`, `clientId`, `clientSecret`: where a token is asked for, and as whom (OAuth 2 client credentials).
    """

    label: Annotated[Line, Field(min_length=1, max_length=80)]
    url: Address
    token_url: Address
    client_id: Credential
    client_secret: Credential

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "label": "Student information system",
                    "url": "https://sis.school.org/ims/oneroster/rostering/v1p2",
                    "tokenUrl": "https://sis.school.org/token",
                    "clientId": "lyceum",
                    "clientSecret": "not-a-secret",
                }
            ]
        }
    )


class RosterSourceView(Schema):
    """A system that is asked for rosters; its secret is not shown. `syncedAt`: up to when changes were taken over."""

    source_id: str
    label: str
    url: str
    token_url: str
    client_id: str
    synced_at: Timestamp | None = None
    created_at: Timestamp


class RosterSourceList(Schema):
    """The systems that are asked for rosters."""

    sources: list[RosterSourceView]


class SyncRoster(Request):
    """A roster to be taken over.

    - `dryRun`: false writes; by default it is only told what would happen.
    - `full`: all of it instead of what changed since the last time.
    - `suspendLeavers`: whether people and enrolments that a full roster lacks are suspended and ended.
    - `language`: of accounts that are made.
    """

    dry_run: bool = True
    full: bool = False
    suspend_leavers: bool = False
    language: Language = "en"
