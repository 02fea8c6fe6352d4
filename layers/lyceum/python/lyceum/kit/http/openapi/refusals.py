"""The errors of an operation: a status, a code, and a sentence that says what it means."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Refusal:
    """An error that an operation may answer with.

    `code` stands in `error.code`; `rule`, where there is one, in the `code` of a detail. In `message` the parts that
    differ from case to case are an ellipsis.
    """

    status: int
    code: str
    rule: str = ""
    message: str = ""

    @property
    def name(self) -> str:
        """What clients tell it by: the rule where there is one, or else the code."""
        return self.rule or self.code


MEANINGS = {
    "BAD_REQUEST": "The request can not be understood.",
    "VALIDATION_ERROR": "Fields or parameters are missing, unknown or wrong; the details name each.",
    "UNAUTHENTICATED": "Nobody is signed in, or the token has expired, is broken or was revoked.",
    "FORBIDDEN": "The caller may not do this.",
    "CALL_NOT_OPEN": "A call opens some minutes before its lesson, as the tenant says, and not before.",
    "CONFIRMATION_REQUIRED": "Prove first that it is you by `POST /api/auth/confirm`, and send the request again.",
    "INSUFFICIENT_SCOPE": "The caller is an app, and the person did not let it do this.",
    "NOT_FOUND": "There is no such thing, or the caller may not know that there is.",
    "METHOD_NOT_ALLOWED": "The path does not take this method; `Allow` lists those that it takes.",
    "ACCOUNT_EXISTS": "An account has this address or name already.",
    "CONFLICT": "The state of things does not admit this.",
    "IN_PROGRESS": "The first request with this Idempotency-Key is still running.",
    "EDIT_CONFLICT": "Somebody else changed the same thing meanwhile; read it again.",
    "GONE": "It was here and is not any more.",
    "PRECONDITION_FAILED": "The item changed since the caller read it; read it again.",
    "PAYLOAD_TOO_LARGE": "The body is larger than this operation takes.",
    "UNSUPPORTED_MEDIA_TYPE": "The body is of a type that this operation does not read.",
    "RULE_VIOLATION": "A rule refuses well-formed input; the `code` of the details names it.",
    "IDEMPOTENCY_KEY_REUSED": "This Idempotency-Key came with another body before.",
    "NOT_NOW": "What this is about is in a state that does not admit it, or its time is not now.",
    "LOCKED": "Locked for now; `Retry-After` says for how long.",
    "ACCESS_CODE_DELAYED": "The access code was wrong too often; `Retry-After` says when the next one is looked at.",
    "CMI5_RULE": "The statement breaks a rule of cmi5, which the message names; nothing of the request is kept.",
    "MALFORMED": "An item of the batch has not the form that it needs; the others are dealt with.",
    "PROVIDER_UNAVAILABLE": "The payment provider does not answer; nothing is lost. Try again after `Retry-After`.",
    "MODEL_UNAVAILABLE": "The language model does not answer; nothing is lost. Try again after `Retry-After`.",
    "TRANSCRIPT_NOT_READY": "A recording is still being written down; send the same after `Retry-After`.",
    "MODEL_NONSENSE": "The language model gave no usable answer; the same request may be sent once more.",
    "RATE_LIMITED": "Too many requests; `Retry-After` says when to come back.",
    "INTERNAL_ERROR": "Something went wrong on our side; name the `requestId` when you report it.",
    "UNAVAILABLE": "Storage is busy; the same request may be sent again after `Retry-After`.",
}
"""What the codes mean that are not one rule's own."""


def meaning(refusal: Refusal) -> str:
    """Return the sentence that stands for a refusal in the document."""
    return MEANINGS.get(refusal.name) or refusal.message or MEANINGS[refusal.code]
