"""Rows to learn from elsewhere: users under names that lead to nobody, and requests by route."""

from lyceum.kit import clock
from lyceum.kit.http import Page
from lyceum.kit.table import Slice, batch_fetch, find
from lyceum.model.admin.telemetry import ApiUsage
from lyceum.model.insights.activity import SeenUser
from lyceum.model.insights.journeys import Journey
from lyceum.model.users.account import User

from functions.insights.models.schemas import TrainingQuery, TrainingRow
from functions.insights.models.tally import features

_OF_ROUTES = ("total", "failed", "refused", "anonymous", "signed_in", "storage_requests", "answer_bytes", "max_ms")


def page(query: TrainingQuery) -> Page[TrainingRow]:
    """Return a page of rows (2 requests); users of whom nothing is known have none."""
    if query.rows == "requests":
        today = clock.iso(clock.now())[:10]
        routes = find(ApiUsage, day=today, limit=query.limit, after=query.start_key())
        return query.page(routes, _of_route)
    users = find(User, index="gsi1", limit=query.limit, after=query.start_key())
    names = [str(user.user_id) for user in users.items if user.status != "deleted"]
    journeys = [Journey.at(user_id=name) for name in names]
    visits = [SeenUser.at(user_id=name) for name in names] if query.rows == "behaviour" else []
    found = batch_fetch([*journeys, *visits]) if names else []
    day = clock.now().date().toordinal()
    seen = {str(each.user_id): each for each in found if isinstance(each, SeenUser)}
    kept = {str(each.user_id): each for each in found if isinstance(each, Journey)}
    rows = [_of_user(kept[name], seen.get(name), day, query.rows) for name in names if name in kept]
    return query.page(Slice(rows, users.last_key), lambda row: row)


def _of_user(journey: Journey, seen: SeenUser | None, today: int, rows: str) -> TrainingRow:
    if rows == "behaviour":
        return TrainingRow(subject=journey.alias, features=features(journey, seen, today))
    held = [*(f"course:{each}" for each in journey.courses), *(f"product:{each}" for each in journey.products)]
    return TrainingRow(subject=journey.alias, items=dict.fromkeys(held, 1))


def _of_route(row: ApiUsage) -> TrainingRow:
    return TrainingRow(subject=row.route, features={name: float(getattr(row, name)) for name in _OF_ROUTES})
