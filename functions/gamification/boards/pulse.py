"""Live boards: who watches one is told that it moved, once a second at most however many points there are.

The second is claimed by one conditional write. What moves later in a second that was told of is seen by whoever looks a
second after the message; what moves after that is told of again.
"""

from collections.abc import Iterable

from lyceum.events.gamification import BoardMoved
from lyceum.kit import clock
from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit
from lyceum.model.gamification.boards import BoardPulse


class _ToldAlready(Conflict):
    def __init__(self) -> None:
        super().__init__("told in this second")


def tell(boards: Iterable[str]) -> None:
    """Tell that boards moved, those that were not told of in this second (1 request each)."""
    second = int(clock.now().timestamp())
    for board in boards:
        is_due = BoardPulse.second.does_not_exist() | (BoardPulse.second < second)
        moved = [BoardMoved(board=board)]
        unit = Unit().change(
            BoardPulse.at(board=board),
            BoardPulse.second.set(second),
            when=is_due,
            events=moved,
            or_create=True,
            refuse=_ToldAlready(),
        )
        try:
            unit.commit()
        except _ToldAlready:
            continue
