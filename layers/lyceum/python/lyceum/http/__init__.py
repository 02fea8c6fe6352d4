"""HTTP: routes declared once, and everything that each of them shares."""

from lyceum.http.api import Api
from lyceum.http.exchange import Address, Answer, Body, Caller, Document, IfMatch, LastEventId, MaybeCaller, Path, Query
from lyceum.http.page import Listing, Page
from lyceum.http.route import Route
from lyceum.http.schema import Request, Schema
from lyceum.identity.access import (
    ADMIN,
    INSTRUCTOR,
    MENTOR,
    MODERATOR,
    OPTIONAL,
    OWNER,
    PUBLIC,
    SELF,
    SIGNED,
    STUDENT,
    SUPER_ADMIN,
    USER,
)

__all__ = [
    "ADMIN", "INSTRUCTOR", "MENTOR", "MODERATOR", "OPTIONAL", "OWNER", "PUBLIC", "SELF", "SIGNED", "STUDENT",
    "SUPER_ADMIN", "USER", "Address", "Answer", "Api", "Body", "Caller", "Document", "IfMatch", "LastEventId", "Listing", "MaybeCaller",
    "Page", "Path", "Query", "Request", "Route", "Schema",
]  # fmt: skip
