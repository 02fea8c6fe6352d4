"""Who is signed in: tokens that are renewed once, however many threads find them too old."""

import threading
from collections.abc import Callable
from typing import Any

from lyceum_client.errors import SignedOut
from lyceum_client.store import Store
from lyceum_client.surroundings import Surroundings

_EARLY_SECONDS = 20


class Session:
    """The tokens of one user, kept in the store.

    `renew` is given the refresh token and returns what the API answers.
    """

    def __init__(self, store: Store, surroundings: Surroundings, renew: Callable[[str], dict[str, Any]]) -> None:
        self._store, self._surroundings, self._renew = store, surroundings, renew
        self._lock = threading.Lock()

    @property
    def user(self) -> dict[str, Any] | None:
        """Who is signed in, or was last: what is queued stays theirs when a session ends by itself."""
        found: dict[str, Any] | None = self._store.fact("user")
        return found

    @property
    def user_id(self) -> str:
        """The id of whoever that is; raises SignedOut before the first sign-in."""
        user = self.user
        if user is None:
            raise SignedOut(401, "UNAUTHENTICATED", "Sign in first.")
        return str(user["userId"])

    def begin(self, tokens: dict[str, Any]) -> None:
        """Keep the tokens of a sign-in."""
        with self._store.whole():
            self._keep(tokens)

    def end(self) -> None:
        """Forget the tokens and who is signed in."""
        with self._store.whole():
            self._store.keep("tokens", None)
            self._store.keep("user", None)

    def token(self) -> str | None:
        """Return an access token that is good for a while, renewed if need be; None when nobody is signed in."""
        tokens = self._store.fact("tokens")
        if tokens is None:
            return None
        if tokens["until"] - _EARLY_SECONDS > self._surroundings.now():
            return str(tokens["access"])
        return self.renewed(str(tokens["access"]))

    def renewed(self, refused: str) -> str:
        """Return another token than the one that was refused; of threads that ask at once, one asks the API.

        Raises SignedOut when the session is over.
        """
        with self._lock:
            tokens = self._store.fact("tokens")
            if tokens is None:
                raise SignedOut(401, "UNAUTHENTICATED", "The session is over. Sign in again.")
            if tokens["access"] != refused:
                return str(tokens["access"])
            try:
                answer = self._renew(tokens["refresh"])
            except SignedOut:
                self._store.keep("tokens", None)
                raise
            with self._store.whole():
                self._keep(answer)
            return str(answer["accessToken"])

    def _keep(self, answer: dict[str, Any]) -> None:
        until = self._surroundings.now() + float(answer["expiresInSeconds"])
        tokens = {"access": answer["accessToken"], "refresh": answer["refreshToken"], "until": until}
        self._store.keep("tokens", tokens)
        if answer.get("deviceToken"):
            self._store.keep("device_token", answer["deviceToken"])
        if answer.get("user"):
            self._store.keep("user", answer["user"])
