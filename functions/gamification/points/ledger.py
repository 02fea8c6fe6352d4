"""The ledger: one entry a cause, and what it adds or takes back goes to boards and badges in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date, datetime

from lyceum.events.gamification import BadgeEarned
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.frozen import frozen
from lyceum.kit.table import Unit
from lyceum.kit.table.fetching import fetch_many
from lyceum.kit.values import local_time, time_zones
from lyceum.model.gamification.points import PlayerFigures, PointsDay, PointsEntry
from lyceum.model.users.account import User
from lyceum.tasks.gamification import CountStandings

from functions.gamification.badges.badges import award, every_badge
from functions.gamification.boards import scores
from functions.gamification.points import earning
from functions.gamification.points.earning import Cause


@frozen
class Deed:
    """Something that a user did, as it counts from now on.

    - `revision`: of the marks or the completion; a later one takes the place of what counted before.
    - `is_void`: it does not count any more, nor do its figures.
    - `figures`: what it adds to the user's figures, once; `greatest`: figures that it may raise.
    """

    user_id: str
    cause: Cause
    cause_id: str
    at: datetime
    earned: int
    correct: int = 0
    is_perfect: bool = False
    revision: int = 1
    is_void: bool = False
    course_id: str | None = None
    figures: Mapping[str, int] = field(default_factory=dict)
    greatest: Mapping[str, int] = field(default_factory=dict)


def enter(unit: Unit, deed: Deed) -> list[str]:
    """Add to a unit that something counts, and return the boards that move (4 requests to read).

    An earlier revision that comes late changes nothing, nor does one that comes again. The unit fails when the user's
    points change meanwhile, and is begun anew then.

    The order to count leaves with the entry, which is written anyway.
    """
    user, entry = fetch_many(
        User.at(user_id=deed.user_id),
        PointsEntry.at(user_id=deed.user_id, cause=deed.cause, cause_id=deed.cause_id),
        consistent=True,
    )
    if user is None or user.status == "deleted" or (entry is not None and entry.revision >= deed.revision):
        return []
    did_count = entry is not None and not entry.is_void
    entry = entry or _new_entry(deed, user)
    day, player = fetch_many(
        PointsDay.at(user_id=deed.user_id, day=entry.day, cause=deed.cause),
        PlayerFigures.at(user_id=deed.user_id),
        consistent=True,
    )
    day = day or PointsDay(user_id=deed.user_id, day=entry.day, cause=deed.cause)
    before, correct, perfect = int(entry.points), int(entry.correct), int(entry.is_perfect)
    entry.points = earning.counted(deed.cause, deed.earned, int(day.points) - before)
    entry.earned, entry.revision = deed.earned, deed.revision
    entry.correct, entry.is_perfect, entry.is_void = deed.correct, int(deed.is_perfect), deed.is_void
    gained = int(entry.points) - before
    day.points = int(day.points) + gained
    more_correct = deed.correct - correct
    orders: list[CountStandings] = []
    if gained or more_correct:
        local = date.fromisoformat(entry.day)
        orders = scores.add(unit, deed.user_id, entry.scopes, local, gained, more_correct, deed.at)
    if gained:
        unit.save(day)
    times = int(not deed.is_void) - int(did_count)
    added = {name: times * value for name, value in deed.figures.items()}
    added |= {"points": gained, "correct": more_correct}
    added["perfect_exams"] = int(deed.is_perfect) - perfect
    player = player or PlayerFigures(user_id=deed.user_id)
    badges = _follow(player, added, deed.greatest, user.language)
    unit.save(player).save(entry, *orders)
    if badges:
        unit.create(OutboxItem.of(badges[0]), *badges)
    return list(entry.scopes) if gained or more_correct else []


def _new_entry(deed: Deed, user: User) -> PointsEntry:
    return PointsEntry(
        user_id=deed.user_id,
        cause=deed.cause,
        cause_id=deed.cause_id,
        happened_at=deed.at,
        day=local_time.day_of(deed.at, time_zones.zone(user.time_zone)).isoformat(),
        scopes=scopes(user, deed.course_id),
    )


def scopes(user: User, course_id: str | None) -> list[str]:
    """Return the boards that something counts on: everybody's, of the user's university, of the course."""
    university_id = user.profile.get("university_id") or user.profile.get("universityId")
    named: Sequence[str | None] = (
        "global",
        f"university~{university_id}" if university_id else None,
        f"course~{course_id}" if course_id else None,
    )
    return [name for name in named if name]


def _follow(
    player: PlayerFigures, added: Mapping[str, int], greatest: Mapping[str, int], language: str
) -> list[BadgeEarned]:
    """Bring figures and badges in step, and return what is to be told of new badges."""
    figures = dict(player.figures)
    for name, value in added.items():
        if value:
            figures[name] = max(0, figures.get(name, 0) + value)
    for name, value in greatest.items():
        if value:
            figures[name] = max(figures.get(name, 0), value)
    player.figures = figures
    return award(player, every_badge(), language)
