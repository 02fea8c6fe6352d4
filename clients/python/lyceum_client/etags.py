"""Answers that are kept with their ETag: what did not change is not sent again."""

from lyceum_client.store import Store

_MOST = 300
_MOST_BYTES = 256 * 1024


class KeptAnswers:
    """The last answers of each user, the longest unused going first."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, user: str, url: str) -> tuple[str, bytes] | None:
        """Return ETag and body of what is kept of an address."""
        rows = self._store.rows("SELECT etag, body FROM answers WHERE user = ? AND url = ?", user, url)
        if not rows:
            return None
        self._store.do("UPDATE answers SET used = ? WHERE user = ? AND url = ?", self._next(), user, url)
        return str(rows[0][0]), bytes(rows[0][1])

    def keep(self, user: str, url: str, etag: str, body: bytes) -> None:
        """Keep an answer, unless it is very long."""
        if len(body) > _MOST_BYTES:
            return
        with self._store.whole() as base:
            base.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", (user, url, etag, body, self._next()))
            base.execute(
                "DELETE FROM answers WHERE rowid IN (SELECT rowid FROM answers ORDER BY used DESC LIMIT -1 OFFSET ?)",
                (_MOST,),
            )

    def forget(self, user: str) -> None:
        """Forget what is kept of a user's."""
        self._store.do("DELETE FROM answers WHERE user = ?", user)

    def _next(self) -> int:
        return int(self._store.rows("SELECT COALESCE(MAX(used), 0) + 1 FROM answers")[0][0])
