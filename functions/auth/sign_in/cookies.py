"""The cookies of a session: its refresh token, and the token by which a device is known."""

from typing import TypeVar

from lyceum.kit.configuration import limits
from lyceum.kit.http.exchange import AnswerHeaders

from functions.auth import client_context
from functions.auth.sign_in.schemas import Challenged, SignedIn
from functions.auth.sign_in.sessions import Begun

S = TypeVar("S", SignedIn, SignedIn | Challenged, Begun | Challenged)
PATH = "/api/auth"
REFRESH = "refresh_token"
_DEVICE_SECONDS = 365 * 24 * 3600


def keep(answer: AnswerHeaders, signed_in: S) -> S:
    """Set the cookies of a session that has begun; returns what was given."""
    if not isinstance(signed_in, Challenged):
        lasts = limits.value("refresh_token_seconds")
        answer.cookie(REFRESH, signed_in.refresh_token, path=PATH, max_age_seconds=lasts)
        if signed_in.device_token:
            device = client_context.DEVICE_COOKIE
            answer.cookie(device, signed_in.device_token, path=PATH, max_age_seconds=_DEVICE_SECONDS)
    return signed_in


def drop(answer: AnswerHeaders) -> None:
    """Take the refresh token away."""
    answer.cookie(REFRESH, "", path=PATH, max_age_seconds=0)
