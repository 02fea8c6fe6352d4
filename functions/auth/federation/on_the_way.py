"""Sign-ins that went to a provider: each is bound to the browser that began it, and comes back once (RFC 9700, 4.7)."""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from lyceum.kit import clock, ids
from lyceum.kit.errors import BadRequest, DomainError, NotFound
from lyceum.kit.http.exchange import AnswerHeaders, current
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.federation import IdentityProvider, SignInState

_GOOD_FOR = timedelta(minutes=10)
_COOKIE = "sign_in"


def begin(
    answer: AnswerHeaders, provider: str, return_to: str, *, verifier: str | None = None, nonce: str | None = None,
    posts_back: bool = False,
) -> str:  # fmt: skip
    """Note that a browser is sent to a provider, and return the state that it takes along (1 write).

    With `posts_back` the provider lets the browser post a form here (SAML), so that its cookie must come along then.
    """
    state, browser = ids.new_secret(), ids.new_secret(16)
    expires = clock.now() + _GOOD_FOR
    kept = SignInState(
        state_hash=hash_of(state),
        provider=provider,
        browser_hash=hash_of(browser),
        verifier=verifier,
        nonce=nonce,
        return_to=return_to,
        expires_at=expires,
    )
    kept.ttl = int(expires.timestamp())
    Unit().create(kept).commit()
    answer.cookie(
        _COOKIE,
        browser,
        path="/api",
        max_age_seconds=int(_GOOD_FOR.total_seconds()),
        same_site="None" if posts_back else "Lax",
    )
    return state


def find(state: str, name: str) -> tuple[SignInState, IdentityProvider]:
    """Read a sign-in that is back, with its provider (1 read).

    Raises BadRequest for one that is not known, over, of another provider or of another browser, and NotFound for a
    provider that is there no more.
    """
    names = [SignInState.at(state_hash=hash_of(state)), IdentityProvider.at(provider=name)]
    kept, provider = batch_fetch(names, consistent=True)
    browser = hash_of(current().cookie(_COOKIE) or "")
    if not isinstance(kept, SignInState) or kept.expires_at <= clock.now() or kept.provider != name:
        raise over()
    if not hmac.compare_digest(browser, kept.browser_hash):
        raise over()
    if not isinstance(provider, IdentityProvider):
        raise NotFound("There is no such identity provider.")
    return kept, provider


@contextmanager
def spending(kept: SignInState) -> Iterator[Unit]:
    """Give the unit in which a sign-in ends: it comes back no more, and neither after a refusal within the block.

    Of two that bring it at once one at most ends well; the commit of the other raises BadRequest.
    """
    unit = Unit().remove(kept, when=SignInState.pk.exists(), refuse=over())
    try:
        yield unit
    except DomainError:
        Unit().remove(kept).commit()
        raise


def over() -> BadRequest:
    """Return the refusal of a sign-in that this browser did not begin, or that is over."""
    return BadRequest("This sign-in is over, or was begun elsewhere. Begin again.", code="SIGN_IN_OVER")


def hash_of(text: str) -> str:
    """Return what a state or an assertion is stored by."""
    return hashlib.sha256(text.encode()).hexdigest()
