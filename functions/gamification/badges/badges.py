"""Badges: the catalogue, what admins define, what users earned; earned once, and taken back when its reason is."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic.alias_generators import to_camel, to_snake

from lyceum.events.gamification import BadgeEarned
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.identity import Permission, Principal, may_touch
from lyceum.kit.table import Unit, find
from lyceum.kit.table.fetching import fetch_many
from lyceum.messages.catalogue import DEFAULT_LANGUAGE, language_of
from lyceum.model.audit import audit
from lyceum.model.gamification.points import BadgeDefinition, PlayerFigures
from lyceum.model.users.account import User
from lyceum.rules.profiles import Preferences

from functions.gamification.badges.rules import BUILT_IN, FIGURES, Badge, key_of
from functions.gamification.badges.schemas import (
    Achievement,
    Achievements,
    BadgeList,
    BadgeView,
    DefineBadge,
    TierView,
)

MOST_DEFINED = 100
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
"""The time part of ids that follow from a badge and its owner alone."""
_MOST_NAMED = 4
_TIERS = ("I", "II", "III", "IV", "V")


def define(wanted: DefineBadge) -> BadgeView:
    """Define a badge; it is earned with the next thing that counts. Raises Conflict when there is one of its id."""
    taken = Conflict("There is a badge of this id already.")
    if wanted.badge_id in {badge.id for badge in BUILT_IN}:
        raise taken
    definition = BadgeDefinition(
        badge_id=wanted.badge_id,
        title=dict(wanted.title),
        description=dict(wanted.description),
        tests={to_snake(name): least for name, least in wanted.rule.items()},
        tiers=len(next(iter(wanted.rule.values()))),
    )
    after = {"rule": dict(wanted.rule), "languages": sorted(wanted.title)}
    unit = Unit().create(definition, refuse=taken)
    unit.create(audit("badge.define", wanted.badge_id, before={}, after=after)).commit()
    return view(_defined(definition), DEFAULT_LANGUAGE)


def _defined(definition: BadgeDefinition) -> Badge:
    return Badge(definition.badge_id, definition.title, definition.description, definition.tests)


def every_badge() -> list[Badge]:
    """Return the product's badges and those that admins defined (1 request)."""
    return [*BUILT_IN, *(_defined(each) for each in find(BadgeDefinition, limit=MOST_DEFINED).items)]


def catalogue(language: str) -> BadgeList:
    """Return every badge in a language (1 request)."""
    return BadgeList(badges=[view(badge, language) for badge in every_badge()])


def view(badge: Badge, language: str) -> BadgeView:
    """Show a badge."""
    return BadgeView(
        badge_id=badge.id,
        title=badge.title.get(language, badge.title[DEFAULT_LANGUAGE]),
        description=badge.description.get(language, badge.description[DEFAULT_LANGUAGE]),
        rule={to_camel(name): list(least) for name, least in badge.tests.items()},
        tiers=badge.tiers,
    )


def achievements(caller: Principal, user_id: str) -> Achievements:
    """Return what a user earned and what there is to earn (2 requests).

    Others see it unless the user keeps statistics to themself. Raises NotFound.
    """
    found, user = fetch_many(PlayerFigures.at(user_id=user_id), User.at(user_id=user_id))
    if user is None or user.status == "deleted" or not _is_seen(caller, user):
        raise NotFound("There is no such user.")
    player = found or PlayerFigures(user_id=user_id)
    rows = []
    for badge in every_badge():
        tiers = [_tier(badge, tier, player) for tier in range(1, badge.tiers + 1)]
        rows.append(Achievement(**view(badge, language_of(user.language)).model_dump(), progress=tiers))
    return Achievements(
        user_id=user_id,
        earned_count=len(player.badges),
        achievements=rows,
        figures={to_camel(name): int(player.figures.get(name, 0)) for name in FIGURES},
        as_of=clock.now(),
    )


def _is_seen(caller: Principal, user: User) -> bool:
    privacy = Preferences.of(user).privacy
    is_open = privacy.profile == "members" and privacy.show_statistics
    return is_open or may_touch(caller, user.user_id, Permission.MANAGE_USERS)


def _tier(badge: Badge, tier: int, player: PlayerFigures) -> TierView:
    earned = player.badges.get(key_of(badge, tier))
    return TierView(
        tier=tier,
        progress=round(badge.progress(player.figures, tier), 4),
        is_earned=earned is not None,
        earned_at=None if earned is None else clock.parse(earned),
    )


def award(player: PlayerFigures, badges: Sequence[Badge], language: str) -> list[BadgeEarned]:
    """Bring a user's badges in step with the figures, and return what is to be told of new ones.

    What was told once is not told again when it is lost and earned anew.
    """
    events, told = [], list(player.told)
    kept = dict(player.badges)
    for badge in badges:
        for tier in range(1, badge.tiers + 1):
            key = key_of(badge, tier)
            is_earned = badge.is_earned(player.figures, tier)
            if is_earned and key not in kept:
                kept[key] = clock.iso(clock.now())
                if key not in told:
                    told.append(key)
                    events.append(_earned(player, badge, tier, language))
            elif not is_earned:
                kept.pop(key, None)
    player.badges, player.told = kept, told
    return _together(events)


def _together(events: Sequence[BadgeEarned]) -> list[BadgeEarned]:
    """Let one notice tell of several badges: the first names the others, or as many of them as a line has room for."""
    if len(events) < 2:
        return list(events)
    first, *others = events
    titles = [each.title for each in others[:_MOST_NAMED]]
    also = [*titles, "…"] if len(others) > _MOST_NAMED else titles
    silent = [each.model_copy(update={"is_noticed": False}) for each in others]
    return [first.model_copy(update={"also": also}), *silent]


def _earned(player: PlayerFigures, badge: Badge, tier: int, language: str) -> BadgeEarned:
    title = badge.title.get(language, badge.title[DEFAULT_LANGUAGE])
    shown = f"{title} {_TIERS[tier - 1]}" if badge.tiers > 1 else title
    named = ids.derived_id(_BEGINNING, "badge", player.user_id, key_of(badge, tier))
    return BadgeEarned(event_id=named, badge_id=badge.id, user_id=player.user_id, title=shown)
