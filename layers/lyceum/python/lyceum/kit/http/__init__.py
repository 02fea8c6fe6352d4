"""HTTP: routes declared once, and everything that each of them shares."""

from lyceum.kit.http.api import Api
from lyceum.kit.http.exchange import (
    Address,
    Answer,
    Body,
    Caller,
    Document,
    Forced,
    IfMatch,
    LastEventId,
    MaybeCaller,
    Path,
    Query,
)
from lyceum.kit.http.pages import Listing, Page
from lyceum.kit.http.routes import Again, Route
from lyceum.kit.http.schemas import Request, Schema
from lyceum.kit.identity.access import (
    OPTIONAL,
    OWNER,
    PUBLIC,
    SELF,
    SIGNED,
    USER,
    may,
)

__all__ = [
    "OPTIONAL", "OWNER", "PUBLIC", "SELF", "SIGNED", "USER", "Address", "Again", "Answer", "Api", "Body", "Caller",
    "Document", "Forced", "IfMatch", "LastEventId", "Listing", "MaybeCaller", "Page", "Path", "Query", "Request",
    "Route", "Schema", "may",
]  # fmt: skip
