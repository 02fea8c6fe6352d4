"""Badges (domain to come)."""

from typing import ClassVar

from lyceum.kit.event import Event


class BadgeEarned(Event):
    """A user earned a badge; told once a user and badge."""

    name: ClassVar[str] = "badge.earned"
    badge_id: str
    user_id: str
    title: str
