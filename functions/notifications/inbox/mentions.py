"""Messages that carry an erased person's name or words: they go out of the inboxes of others."""

from collections import defaultdict
from typing import Any

from lyceum.kit.table import Unit, find
from lyceum.model.notifications.inbox import Mention

from functions.notifications.inbox import messages

_PAGE = 5
"""Mentions of one page; each names the readers of one event, a hundred at most."""


def forget(person_id: str, after: dict[str, Any] | None, unit: Unit) -> dict[str, Any] | None:
    """Remove a page of what carries an erased person's name or words, and return where the next one begins."""
    found = find(Mention, person_id=person_id, limit=_PAGE, after=after)
    by_reader: dict[str, list[str]] = defaultdict(list)
    for mention in found.items:
        for user_id, name in mention.messages:
            by_reader[user_id].append(name)
        unit.remove(mention)
    for user_id, names in by_reader.items():
        messages.remove(user_id, names)
    return found.last_key
