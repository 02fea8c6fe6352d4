"""Forms in which standards want their errors, for routes that answer without the envelope."""

from collections.abc import Callable
from dataclasses import field
from typing import Any

from lyceum.kit.errors import DomainError
from lyceum.kit.frozen import frozen


@frozen
class ErrorForm:
    """How a standard writes errors.

    - `name`: that of its schema in the API document
    - `content_type`: of the body
    - `schema`: the body's JSON schema
    - `write`: makes the body of an error
    """

    name: str
    content_type: str
    schema: dict[str, Any] = field(compare=False)
    write: Callable[[DomainError], dict[str, Any]]


_OAUTH_CODES = {
    "UNAUTHENTICATED": "invalid_client",
    "FORBIDDEN": "access_denied",
    "RATE_LIMITED": "temporarily_unavailable",
    "UNAVAILABLE": "temporarily_unavailable",
    "INTERNAL_ERROR": "server_error",
}
_SCIM_TYPES = frozenset(
    {
        "invalidFilter", "tooMany", "uniqueness", "mutability", "invalidSyntax", "invalidPath", "noTarget",
        "invalidValue", "invalidVers", "sensitive",
    }
)  # fmt: skip
_SCIM_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


def _oauth(error: DomainError) -> dict[str, Any]:
    """Write an error as RFC 6749, 5.2 has it; a rule names one of its codes, which are lower case, as its own."""
    code = error.code if error.code.islower() else _OAUTH_CODES.get(error.code, "invalid_request")
    return {"error": code, "error_description": error.message}


def _scim(error: DomainError) -> dict[str, Any]:
    """Write an error as RFC 7644, 3.12 has it, with `scimType` where a detail's code is one of its types."""
    body: dict[str, Any] = {"schemas": [_SCIM_ERROR], "status": str(error.status), "detail": error.message}
    kind = next((detail.code for detail in error.details if detail.code in _SCIM_TYPES), None)
    return {**body, "scimType": kind} if kind else body


_ONEROSTER_MINORS = {
    "NOT_FOUND": "unknownobject",
    "UNAUTHENTICATED": "unauthorisedrequest",
    "FORBIDDEN": "forbidden",
    "RATE_LIMITED": "server_busy",
    "UNAVAILABLE": "server_busy",
    "INTERNAL_ERROR": "internal_server_error",
}


def _oneroster(error: DomainError) -> dict[str, Any]:
    """Write an error as OneRoster 1.2 has it (REST binding, imsx_StatusInfo); a rule's own code is lower case."""
    own = next((detail.code for detail in error.details if detail.code.islower()), None)
    minor = own or _ONEROSTER_MINORS.get(error.code, "invaliddata")
    field = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor}
    return {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": error.message,
        "imsx_CodeMinor": {"imsx_codeMinorField": [field]},
    }


_TEXT = {"type": "string"}
OAUTH = ErrorForm(
    "OAuthError",
    "application/json",
    {
        "title": "OAuthError",
        "description": "An error as RFC 6749, 5.2 writes it.",
        "type": "object",
        "required": ["error"],
        "properties": {"error": _TEXT, "error_description": _TEXT},
    },
    _oauth,
)
SCIM = ErrorForm(
    "ScimError",
    "application/scim+json",
    {
        "title": "ScimError",
        "description": "An error as RFC 7644, 3.12 writes it.",
        "type": "object",
        "required": ["schemas", "status"],
        "properties": {
            "schemas": {"type": "array", "items": _TEXT},
            "status": _TEXT,
            "scimType": {"type": "string", "enum": sorted(_SCIM_TYPES)},
            "detail": _TEXT,
        },
    },
    _scim,
)
ONEROSTER = ErrorForm(
    "OneRosterError",
    "application/json",
    {
        "title": "OneRosterError",
        "description": "An error as OneRoster 1.2 writes it (imsx_StatusInfo).",
        "type": "object",
        "required": ["imsx_codeMajor", "imsx_severity"],
        "properties": {
            "imsx_codeMajor": _TEXT,
            "imsx_severity": _TEXT,
            "imsx_description": _TEXT,
            "imsx_CodeMinor": {"type": "object"},
        },
    },
    _oneroster,
)
