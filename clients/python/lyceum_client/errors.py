"""What goes wrong, by what a program does about it."""

from typing import Any


class LyceumError(Exception):
    """Anything that this client raises."""


class LineBroken(LyceumError):
    """Nobody answered, or half an answer came; whether the request was carried out is not known."""


class ApiError(LyceumError):
    """The API refused.

    - `status`: of HTTP. `code`: what programs tell errors by, the rule's own where it has one. `message`: for people.
    - `details`: by field, as the API gives them. `request_id`: to be named in a report.
    - `retry_after`: seconds after which the same request may be sent again, where the API says so.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: list[dict[str, Any]] | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message = status, code, message
        self.details, self.request_id, self.retry_after = details or [], request_id, retry_after

    @property
    def rules(self) -> list[str]:
        """The codes of the rules that refused, where the error names some."""
        return [str(each["code"]) for each in self.details if each.get("code")]


class SignedOut(ApiError):
    """Nobody is signed in, or no more: ask for the password (401)."""


class Denied(ApiError):
    """The caller may not do this (403)."""


class Missing(ApiError):
    """It is not there, or the caller may not know that it is (404, 410)."""


class Conflict(ApiError):
    """Somebody else was first, or a version has passed (409, 412)."""


class Refused(ApiError):
    """The request is wrong, or a rule forbids it (400, 413, 415, 422)."""


class RateLimited(ApiError):
    """Too many requests, for longer than this client waits by itself (429)."""


class Unavailable(ApiError):
    """The server could not, in spite of all retries (5xx)."""


_KINDS: dict[int, type[ApiError]] = {
    401: SignedOut,
    403: Denied,
    404: Missing,
    410: Missing,
    409: Conflict,
    412: Conflict,
    429: RateLimited,
}


def of_answer(status: int, body: Any, headers: dict[str, str], retry_after: float | None) -> ApiError:
    """Return the error that an answer stands for; one that is no envelope of ours is told of by its status."""
    said = body.get("error") if isinstance(body, dict) else None
    said = said if isinstance(said, dict) else {"code": said} if isinstance(said, str) else {}
    kind = _KINDS.get(status, Unavailable if status >= 500 else Refused)
    return kind(
        status,
        str(said.get("code") or f"HTTP_{status}"),
        str(said.get("message") or "The server refused."),
        said.get("details"),
        headers.get("x-request-id"),
        retry_after,
    )
