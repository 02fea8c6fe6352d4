"""Lyceum's API from Python: every operation by its name, on lines that break."""

from lyceum_client.answers import Answer, Page
from lyceum_client.client import Lyceum
from lyceum_client.errors import (
    ApiError,
    Conflict,
    Denied,
    LineBroken,
    LyceumError,
    Missing,
    RateLimited,
    Refused,
    SignedOut,
    Unavailable,
)
from lyceum_client.surroundings import Surroundings
from lyceum_client.transport import Request, Response

__all__ = [
    "Answer",
    "ApiError",
    "Conflict",
    "Denied",
    "LineBroken",
    "Lyceum",
    "LyceumError",
    "Missing",
    "Page",
    "RateLimited",
    "Refused",
    "Request",
    "Response",
    "SignedOut",
    "Surroundings",
    "Unavailable",
]
