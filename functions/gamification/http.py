"""Boards and badges over HTTP."""

from typing import Annotated

from lyceum.kit.http import OPTIONAL, PUBLIC, USER, Api, Caller, MaybeCaller, Query, may
from lyceum.kit.identity import Permission
from lyceum.rules.sessions import recheck

from functions.gamification.badges import badges
from functions.gamification.badges.schemas import Achievements, BadgeList, BadgeView, CatalogueQuery, DefineBadge
from functions.gamification.boards import boards
from functions.gamification.boards.schemas import Board, BoardQuery, CourseQuery, OwnRanks, UniversityQuery

api = Api("gamification", recheck=recheck)
handler = api.handler


@api.get("/api/leaderboards/global", access=OPTIONAL)
def show_global_board(caller: MaybeCaller, query: Annotated[BoardQuery, Query()]) -> Board:
    """Show the first hundred of everybody: of this week, this month or all time."""
    return boards.show(caller, "global", query, boards.MOST_GLOBAL)


@api.get("/api/leaderboards/university", access=OPTIONAL)
def show_university_board(caller: MaybeCaller, query: Annotated[UniversityQuery, Query()]) -> Board:
    """Show the first fifty of a university."""
    return boards.show(caller, f"university~{query.university_id}", query, boards.MOST_SCOPED)


@api.get("/api/leaderboards/course", access=OPTIONAL)
def show_course_board(caller: MaybeCaller, query: Annotated[CourseQuery, Query()]) -> Board:
    """Show the first fifty of a course."""
    return boards.show(caller, f"course~{query.course_id}", query, boards.MOST_SCOPED)


@api.get("/api/leaderboards/weekly", access=OPTIONAL)
def show_weekly_challenge(caller: MaybeCaller) -> Board:
    """Show the first hundred of this week's challenge, which begins anew each Monday."""
    return boards.show(caller, "global", BoardQuery(period="week"), boards.MOST_GLOBAL)


@api.get("/api/leaderboards/users/{userId}/rank", access=USER)
def show_ranks(caller: Caller, user_id: str) -> OwnRanks:
    """Show a user's exact rank on every board."""
    return boards.ranks(caller, user_id)


@api.get("/api/achievements", access=PUBLIC, cache_control="public, max-age=60")
def list_badges(query: Annotated[CatalogueQuery, Query()]) -> BadgeList:
    """List the badges that can be earned."""
    return badges.catalogue(query.language)


@api.get("/api/achievements/{studentId}", access=USER)
def show_achievements(caller: Caller, student_id: str) -> Achievements:
    """Show the badges that a user earned, with dates, and the progress towards the others."""
    return badges.achievements(caller, student_id)


@api.post("/api/admin/badges", access=may(Permission.MANAGE_CATALOGUE), status=201, limit="60/hour")
def define_badge(body: DefineBadge) -> BadgeView:
    """Define a badge by a rule over figures."""
    return badges.define(body)
