"""`admin.figures_changed`."""

from typing import Any, ClassVar

from lyceum.kit.event import Event


class AdminFiguresChanged(Event):
    """Live figures of the platform, for those who watch its topic; at most one a second and topic."""

    name: ClassVar[str] = "admin.figures_changed"

    topic: str
    figures: dict[str, Any]
