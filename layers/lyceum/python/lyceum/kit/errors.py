"""Errors that a rule may raise; the HTTP layer turns each into its status and code."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple


class Detail(NamedTuple):
    """One thing that is wrong: the field as the caller named it, a sentence for people, and the rule that refused.

    A detail without a field is about the request as a whole; one without a code is about the form of a field.
    """

    field: str
    message: str
    code: str = ""


class DomainError(Exception):
    """A refusal with a stable code, a message for people and, where it helps, details."""

    status: ClassVar[int] = 400
    default_code: ClassVar[str] = "BAD_REQUEST"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        details: Sequence[Detail] = (),
        retry_after_seconds: int | None = None,
        allow: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.details = list(details)
        self.retry_after_seconds = retry_after_seconds
        self.allow = list(allow)


class BadRequest(DomainError):
    """The request can not be understood."""


class ValidationFailed(DomainError):
    """Fields are missing or wrong; the details name every one."""

    default_code = "VALIDATION_ERROR"


class Unauthenticated(DomainError):
    """Nobody is signed in, or the proof of it does not hold."""

    status = 401
    default_code = "UNAUTHENTICATED"


class Forbidden(DomainError):
    """The caller is known and may not do this."""

    status = 403
    default_code = "FORBIDDEN"


class NotFound(DomainError):
    """There is no such thing, or the caller may not know that there is."""

    status = 404
    default_code = "NOT_FOUND"


class MethodNotAllowed(DomainError):
    """The path exists, the method does not; `allow` lists those that do."""

    status = 405
    default_code = "METHOD_NOT_ALLOWED"


class Conflict(DomainError):
    """The state of things does not admit this change."""

    status = 409
    default_code = "CONFLICT"


class Gone(DomainError):
    """It was here and is not any more."""

    status = 410
    default_code = "GONE"


class PreconditionFailed(DomainError):
    """The item changed since the caller read it (RFC 9110, 13.1.1)."""

    status = 412
    default_code = "PRECONDITION_FAILED"


class TooLarge(DomainError):
    """The body is over the limit of its route."""

    status = 413
    default_code = "PAYLOAD_TOO_LARGE"


class UnsupportedMediaType(DomainError):
    """The body is of a type that the route does not read."""

    status = 415
    default_code = "UNSUPPORTED_MEDIA_TYPE"


class RuleViolation(DomainError):
    """Well-formed input that a rule of the domain refuses; the code in the details names the rule."""

    status = 422
    default_code = "RULE_VIOLATION"


class Locked(DomainError):
    """The thing is locked for now."""

    status = 423
    default_code = "LOCKED"


class RateLimited(DomainError):
    """Too many requests; `retry_after_seconds` says when to come back."""

    status = 429
    default_code = "RATE_LIMITED"


class Unavailable(DomainError):
    """Storage is throttled or out of reach for the moment; the same request may be sent again."""

    status = 503
    default_code = "UNAVAILABLE"

    def __init__(self, message: str = "Please try again in a moment.", *, retry_after_seconds: int = 2) -> None:
        super().__init__(message, retry_after_seconds=retry_after_seconds)


def rule_violation(rule: str, message: str, *, field: str = "") -> RuleViolation:
    """Build the 422 of one broken rule, with its name in the details."""
    return RuleViolation(message, details=[Detail(field, message, rule)])
