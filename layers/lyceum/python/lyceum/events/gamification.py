"""Events of boards and badges."""

from typing import ClassVar

from lyceum.kit.event import Event


class BadgeEarned(Event):
    """A user earned a badge; told once a user and badge.

    - `also`: titles of what was earned by the same deed, which one notice tells together with this badge.
    - `is_noticed`: false of a badge that the notice of another one tells.
    """

    name: ClassVar[str] = "badge.earned"
    badge_id: str
    user_id: str
    title: str
    also: list[str] = []
    is_noticed: bool = True


class BoardMoved(Event):
    """Points on a board changed; told once a second and board at most.

    What changes later in that second is not told again: whoever looks a second after this sees all of it.
    """

    name: ClassVar[str] = "board.moved"
    board: str
