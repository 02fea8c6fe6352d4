"""Boards: a standing for each user and board, and counters from which every rank follows.

A score has six digits. The counters of a board count its standings by the first two digits (`A`), those with the same
first two by the next two (`B#aa`), and those with the same four by the last two (`C#aabb`). So a rank is three sums,
however many users there are.
"""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment

MOST_POINTS = 999_999


class Standing(Entity, discriminator="standing"):
    """A user's points on one board in one period: `all`, a month (`2027-01`) or a week (`2027-W02`).

    - `board`: `global`, `university~{id}` or `course~{id}`.
    - `reached_at`: since when the score is what it is; who got there first stands first among equals.
    - `inverse`: orders the board by falling score.
    """

    keys = Keys(
        "STANDING#{user_id}",
        "{board}#{period}",
        gsi1=Index("BOARD#{board}#{period}", "{inverse:06d}#{reached_at}#{user_id}"),
    )
    noun = "standing"

    user_id = UnicodeAttribute()
    board = UnicodeAttribute()
    period = UnicodeAttribute()
    score = NumberAttribute(default=0)
    correct = NumberAttribute(default=0)
    inverse = NumberAttribute(default=MOST_POINTS)
    reached_at = Moment()


class Tally(Entity, discriminator="tally"):
    """How many standings of a board have a score with certain digits: `level` is `A`, `B#aa` or `C#aabb`."""

    keys = Keys("TALLY#{board}#{period}", "{level}")
    noun = "tally"

    board = UnicodeAttribute()
    period = UnicodeAttribute()
    level = UnicodeAttribute()
    for _digits in range(100):
        locals()[f"n{_digits:02d}"] = NumberAttribute(default=0)
    del _digits

    @classmethod
    def counter(cls, digits: int) -> Any:
        """Return the attribute that counts two digits."""
        return getattr(cls, f"n{digits:02d}")

    def above(self, digits: int) -> int:
        """Count the standings whose two digits are greater."""
        return sum(int(getattr(self, f"n{each:02d}") or 0) for each in range(digits + 1, 100))

    def total(self) -> int:
        """Count all standings of this level."""
        return self.above(-1)


class BoardInUse(Entity, discriminator="board_in_use"):
    """Somebody stands on a board in a month or week; by these the boards of a period that is over are found."""

    keys = Keys("BOARDSOF#{period}", "{board}")
    noun = "board"

    period = UnicodeAttribute()
    board = UnicodeAttribute()


class FrozenBoard(Entity, discriminator="frozen_board"):
    """The first places of a board as they were when its period was closed; never changed.

    `rows` has the id of each user, points and right answers, in the order of the board.
    """

    keys = Keys("FROZENBOARD#{board}", "{period}")
    noun = "board"

    board = UnicodeAttribute()
    period = UnicodeAttribute()
    closed_at = Moment()
    user_count = NumberAttribute(default=0)
    rows: Any = JSONAttribute(default=list)


class BoardPulse(Entity, discriminator="board_pulse"):
    """The last second (Unix time) in which those who watch a board were told that it moved."""

    keys = Keys("BOARDPULSE#{board}", "PULSE")
    noun = "board"

    board = UnicodeAttribute()
    second = NumberAttribute(default=0)
