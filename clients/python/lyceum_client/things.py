"""This device's copy of the user's things, and how what waits in the queue shows in it."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lyceum_client.queue import Queued
from lyceum_client.store import Store

Thing = dict[str, Any]
Name = tuple[str, str]
Shows = Callable[[Queued, dict[Name, Thing]], None]
"""Changes the things as an operation will change them on the server."""


class Things:
    """What the server was last heard to have, by user, type and key."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self, user: str) -> dict[Name, Thing]:
        """Return everything, by type and key: `value`, and `version` where it has one."""
        found = self._store.rows("SELECT type, key, version, value FROM things WHERE user = ?", user)
        return {(kind, key): {"version": version, "value": json.loads(value)} for kind, key, version, value in found}

    def take(self, user: str, answer: Mapping[str, Any]) -> None:
        """Take an answer of a pull in; what a new snapshot did not name is gone once that is whole."""
        generation = int(self._store.fact(f"generation {user}", 0)) + bool(answer["isFirst"])
        with self._store.whole():
            self._store.keep(f"generation {user}", generation)
            for change in answer["changes"]:
                self._put(user, change, generation)
            if not answer["isSnapshot"]:
                self._store.do("DELETE FROM things WHERE user = ? AND generation < ?", user, generation)
            self._store.keep(f"cursor {user}", answer["cursor"])

    def note(self, user: str, kind: str, key: str, value: Mapping[str, Any]) -> None:
        """Take in a thing as the answer of an operation showed it."""
        generation = int(self._store.fact(f"generation {user}", 0))
        change = {"type": kind, "key": key, "version": value.get("version"), "value": dict(value)}
        self._put(user, change, generation)

    def amend(self, user: str, kind: str, key: str, parts: Mapping[str, Any]) -> None:
        """Take in what a conflict told of some parts of a thing."""
        thing = self.all(user).get((kind, key))
        if thing is not None:
            self.note(user, kind, key, {**thing["value"], **parts, "version": thing["version"]})

    def forget(self, user: str) -> None:
        """Forget a user's things, and where their changes go on."""
        with self._store.whole():
            self._store.do("DELETE FROM things WHERE user = ?", user)
            self._store.keep(f"cursor {user}", None)

    def remove(self, user: str, kind: str, key: str) -> None:
        """Take a thing out that is there no more."""
        self._store.do("DELETE FROM things WHERE user = ? AND type = ? AND key = ?", user, kind, key)

    def _put(self, user: str, change: Mapping[str, Any], generation: int) -> None:
        if change.get("isRemoved"):
            self.remove(user, change["type"], change["key"])
            return
        row = (user, change["type"], change["key"], change.get("version"), json.dumps(change.get("value")), generation)
        self._store.do("INSERT OR REPLACE INTO things VALUES (?, ?, ?, ?, ?, ?)", *row)


def shown(things: dict[Name, Thing], waiting: Iterable[Queued], shows: Mapping[str, Shows]) -> dict[Name, Thing]:
    """Return the things as they will be once what waits is settled.

    A refused operation leaves the queue, and with it everything that it showed: rolling back needs nothing else.
    """
    seen = {name: {**thing, "value": _copied(thing["value"])} for name, thing in things.items()}
    for operation in waiting:
        if operation.type in shows:
            shows[operation.type](operation, seen)
    return seen


def _copied(value: Any) -> Any:
    return dict(value) if isinstance(value, dict) else value


def _set(of: str, **begun: Any) -> Shows:
    def show(operation: Queued, seen: dict[Name, Thing]) -> None:
        name = (of, operation.key or "")
        earlier = seen.get(name, {"version": None, "value": begun})
        value = {part: said for part, said in operation.value.items() if part not in {"base", "onConflict"}}
        seen[name] = {**earlier, "value": {**earlier["value"], **value}, "waits": True}

    return show


def _gone(kind: str) -> Shows:
    def show(operation: Queued, seen: dict[Name, Thing]) -> None:
        seen.pop((kind, operation.key or ""), None)

    return show


def _preferences(operation: Queued, seen: dict[Name, Thing]) -> None:
    for name, thing in seen.items():
        if name[0] == "preferences":
            seen[name] = {**thing, "value": {**thing["value"], **operation.value}, "waits": True}


SHOWS: dict[str, Shows] = {
    "note.create": _set("note", kind="explanation", tags=[], isDone=False),
    "note.update": _set("note"),
    "note.remove": _gone("note"),
    "bookmark.set": _set("bookmark"),
    "bookmark.remove": _gone("bookmark"),
    "preferences.choose": _preferences,
}
