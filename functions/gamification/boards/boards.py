"""Boards as they are read: the first places, and a user's exact ranks on all boards in two requests.

Who is not signed in sees names, but nobody's id, and of minors an alias.

Weeks and months are those of UTC for who looks; each point counts for the local day of its user.
"""

from collections.abc import Sequence
from typing import Any

from lyceum.kit import clock, context
from lyceum.kit.errors import NotFound
from lyceum.kit.identity import Permission, Principal, may_touch, sealing
from lyceum.kit.table import Entity, batch_fetch, find
from lyceum.model.gamification.boards import FrozenBoard, Standing, Tally
from lyceum.model.users.account import User
from lyceum.rules import profiles
from lyceum.rules.profiles import Preferences, is_minor

from functions.gamification.boards import scores
from functions.gamification.boards.schemas import Board, BoardQuery, OwnRank, OwnRanks, Ranking

MOST_GLOBAL, MOST_SCOPED = 100, 50
_MOST_BOARDS = 100


def show(caller: Principal | None, board: str, query: BoardQuery, most: int) -> Board:
    """Return the first places of a board (2 requests, 3 for a hundred places).

    One of a period that was closed is as it was then, however long ago that is.
    """
    now = scores.periods(clock.now().date())
    period = query.name or now[query.period]
    frozen = FrozenBoard.fetch(board=board, period=period) if period not in now.values() else None
    if frozen is not None:
        return _closed(caller, frozen, most)
    first = find(Standing, index="gsi1", board=board, period=period, limit=most).items
    tally, *users = batch_fetch(
        [Tally.at(board=board, period=period, level="A"), *(User.at(user_id=each.user_id) for each in first)]
    )
    rows = _rankings(caller, first, users)
    count = tally.total() if isinstance(tally, Tally) else len(first)
    return Board(board=board, period=period, rankings=rows, user_count=count, as_of=clock.now())


def _closed(caller: Principal | None, frozen: FrozenBoard, most: int) -> Board:
    places: dict[str, Any] = {"board": frozen.board, "period": frozen.period, "reached_at": frozen.closed_at}
    first = [
        Standing(user_id=user_id, score=score, correct=correct, **places)
        for user_id, score, correct in frozen.rows[:most]
    ]
    users = batch_fetch([User.at(user_id=each.user_id) for each in first]) if first else []
    return Board(
        board=frozen.board,
        period=frozen.period,
        rankings=_rankings(caller, first, users),
        user_count=int(frozen.user_count),
        closed_at=frozen.closed_at,
        as_of=clock.now(),
    )


def _rankings(caller: Principal | None, first: Sequence[Standing], users: Sequence[Entity | None]) -> list[Ranking]:
    people = {user.user_id: user for user in users if isinstance(user, User)}
    rows, rank = [], 0
    for place, standing in enumerate(first):
        if place == 0 or standing.score != first[place - 1].score:
            rank = place + 1
        rows.append(_ranking(caller, standing, people.get(standing.user_id), rank))
    return rows


def _ranking(caller: Principal | None, standing: Standing, user: User | None, rank: int) -> Ranking:
    is_you = caller is not None and caller.user_id == standing.user_id
    name, is_alias = ("You", False) if is_you and user is None else shown_name(caller, user, standing.user_id)
    return Ranking(
        rank=rank,
        name=name,
        user_id=standing.user_id if is_you or (caller is not None and not is_alias) else None,
        is_you=is_you,
        points=int(standing.score),
        correct_answers=int(standing.correct),
    )


def shown_name(caller: Principal | None, user: User | None, user_id: str) -> tuple[str, bool]:
    """Return what the caller sees of a user on a board, and whether it is an alias."""
    privacy = Preferences.of(user).privacy if user else None
    is_hidden = user is None or privacy is None or privacy.profile == "private" or not privacy.show_statistics
    if user is None or privacy is None or is_hidden or user.status == "deleted":
        return alias(user_id), True
    if caller is None and is_minor(user):
        return alias(user_id), True
    return (user.first_name if is_minor(user) else profiles.shown_name(user)), False


def alias(user_id: str) -> str:
    """Return the name of somebody who wants none: the same on every board, and nothing to find them by.

    It takes the deployment's secret, so whoever knows an id can not work out whose alias it is.
    """
    keyed = sealing.mac("board alias", f"{context.tenant()}\0{user_id}".encode())
    return f"Learner {keyed[:3].hex().upper()}"


def ranks(caller: Principal, user_id: str) -> OwnRanks:
    """Return a user's exact rank on every board of now (2 requests).

    Raises NotFound for somebody else, unless the caller manages users.
    """
    if not may_touch(caller, user_id, Permission.MANAGE_USERS):
        raise NotFound("There is no such user.")
    current = set(scores.periods(clock.now().date()).values())
    own = [each for each in find(Standing, user_id=user_id, limit=_MOST_BOARDS).items if each.period in current]
    named = [
        Tally.at(board=each.board, period=each.period, level=level)
        for each in own
        for level, _ in scores.levels(int(each.score))
    ]
    tallies = batch_fetch(named)
    rows = []
    for number, standing in enumerate(own):
        parts = tallies[3 * number : 3 * number + 3]
        above = sum(
            tally.above(digits)
            for tally, (_, digits) in zip(parts, scores.levels(int(standing.score)), strict=True)
            if isinstance(tally, Tally)
        )
        first = parts[0]
        rows.append(
            OwnRank(
                board=standing.board,
                period=standing.period,
                rank=above + 1,
                user_count=first.total() if isinstance(first, Tally) else 1,
                points=int(standing.score),
                correct_answers=int(standing.correct),
            )
        )
    return OwnRanks(user_id=user_id, ranks=rows, as_of=clock.now())
