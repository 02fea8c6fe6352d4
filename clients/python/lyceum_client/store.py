"""What a device keeps: session, answers, the queue and its copy of the server's things, in one SQLite file."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS answers (
    user TEXT NOT NULL, url TEXT NOT NULL, etag TEXT NOT NULL, body BLOB NOT NULL, used INTEGER NOT NULL,
    PRIMARY KEY (user, url)
);
CREATE TABLE IF NOT EXISTS operations (
    user TEXT NOT NULL, seq INTEGER NOT NULL, operation TEXT NOT NULL, PRIMARY KEY (user, seq)
);
CREATE TABLE IF NOT EXISTS things (
    user TEXT NOT NULL, type TEXT NOT NULL, key TEXT NOT NULL, version INTEGER, value TEXT NOT NULL,
    generation INTEGER NOT NULL, PRIMARY KEY (user, type, key)
);
"""


class Store:
    """A store in a file, or without a path in memory; threads may share it."""

    def __init__(self, path: str | Path = ":memory:") -> None:
        self._lock = threading.RLock()
        self._base = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None)
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.executescript(_TABLES)

    @contextmanager
    def whole(self) -> Iterator[sqlite3.Connection]:
        """Work in one transaction: all of it is kept, or nothing."""
        with self._lock:
            if self._base.in_transaction:
                yield self._base
                return
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield self._base
            except BaseException:
                self._base.execute("ROLLBACK")
                raise
            self._base.execute("COMMIT")

    def fact(self, name: str, default: Any = None) -> Any:
        """Return what is kept under a name."""
        rows = self.rows("SELECT value FROM facts WHERE name = ?", name)
        return json.loads(rows[0][0]) if rows else default

    def keep(self, name: str, value: Any) -> None:
        """Keep something under a name; None forgets it."""
        if value is None:
            self.do("DELETE FROM facts WHERE name = ?", name)
        else:
            self.do("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, json.dumps(value))

    def rows(self, query: str, *given: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self._lock:
            return self._base.execute(query, given).fetchall()

    def do(self, command: str, *given: Any) -> None:
        """Carry a command out."""
        with self._lock:
            self._base.execute(command, given)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()
