"""The figures, read as they were folded: no request counts anything."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from lyceum.kit import clock
from lyceum.kit.http import Page
from lyceum.kit.table import Slice, batch_fetch, cut_sorted, find, find_whole
from lyceum.model.courses.course import Course, CourseRanking
from lyceum.model.insights.activity import ActivityDay, CourseMonth, RetentionCell, TierCount
from lyceum.model.users.directory import UserCount

from functions.insights.activity import filled
from functions.insights.schemas import (
    SMALL,
    ActivePoint,
    Activity,
    Cohort,
    DaysQuery,
    Group,
    PopularCourse,
    PopularQuery,
    QuestionPoint,
    QuestionsCreated,
    Retention,
    RetentionPoint,
    RetentionQuery,
    UsersByTier,
)

_MOST_CELLS = 1000
_ALL = "all"


def days_of(query: DaysQuery) -> list[ActivityDay]:
    """Read days, those on which nothing happened among them (1 request)."""
    number = query.days
    names = [(query.last - timedelta(days=back)).isoformat() for back in reversed(range(number))]
    found = find(ActivityDay, from_sort=names[0], to_sort=names[-1], limit=number).items
    return filled(names, found)


def users() -> UsersByTier:
    """Return users by tier and role (2 requests)."""
    counts = {str(each.group): int(each.total) for each in find(UserCount).items}
    tiers = find(TierCount).items
    return UsersByTier(
        as_of=clock.now(),
        definition="Accounts that are not deleted. Tiers are counted anew each night, roles and newcomers at once.",
        total=counts.get(_ALL, 0),
        tiers=[_group(str(each.tier), int(each.total)) for each in tiers],
        roles=[_group(role, count) for role, count in sorted(counts.items()) if role != _ALL],
        tiers_counted_at=max((each.counted_at for each in tiers), default=None),
    )


def _group(name: str, count: int) -> Group:
    is_small = 0 < count < SMALL
    return Group(name=name, users=None if is_small else count, is_hidden=is_small)


def point(day: ActivityDay) -> ActivePoint:
    """Show the active users of a day."""
    return ActivePoint(
        day=day.day,
        daily=int(day.active),
        weekly=int(day.active_7),
        monthly=int(day.active_30),
        newcomers=int(day.newcomers),
    )


def activity(query: DaysQuery) -> Activity:
    """Return active users by day (1 request)."""
    points = [point(day) for day in days_of(query)]
    last = points[-1]
    return Activity(
        as_of=clock.now(),
        definition="Users with a session that began or went on on the day (UTC), each once in each window.",
        points=points,
        stickiness=round(last.daily / last.monthly, 4) if last.monthly else None,
    )


def questions(query: DaysQuery) -> QuestionsCreated:
    """Return questions created by day (1 request)."""
    days = days_of(query)
    points = [
        QuestionPoint(day=day.day, submitted=int(day.questions_submitted), approved=int(day.questions_approved))
        for day in days
    ]
    return QuestionsCreated(
        as_of=clock.now(),
        definition="Questions handed in for approval, and questions that entered the bank, each once.",
        points=points,
        submitted=sum(each.submitted for each in points),
        approved=sum(each.approved for each in points),
    )


def retention(query: RetentionQuery) -> Retention:
    """Return cohorts with how many of them came back (1 request)."""
    names = _cohorts(query, clock.now())
    cells: dict[str, dict[int, int]] = defaultdict(dict)
    for cell in find(
        RetentionCell, grain=query.by, from_sort=names[0], to_sort=f"{names[-1]}#999", limit=_MOST_CELLS
    ).items:
        cells[cell.cohort][int(cell.offset)] = int(cell.users)
    return Retention(
        as_of=clock.now(),
        definition="Users by the week or month of their first session, and how many had one so much later.",
        by=query.by,
        cohorts=[_cohort(name, cells[name]) for name in names],
    )


def _cohorts(query: RetentionQuery, now: datetime) -> list[str]:
    today = now.date()
    if query.by == "week":
        monday = today - timedelta(days=today.weekday())
        return [(monday - timedelta(weeks=back)).isoformat() for back in reversed(range(query.cohorts))]
    months = [today.year * 12 + today.month - 1 - back for back in reversed(range(query.cohorts))]
    return [f"{date(month // 12, month % 12 + 1, 1):%Y-%m}" for month in months]


def _cohort(name: str, cells: dict[int, int]) -> Cohort:
    size = cells.get(0, 0)
    if 0 < size < SMALL:
        return Cohort(cohort=name, is_hidden=True)
    points = [
        RetentionPoint(offset=offset, users=users, share=round(100 * users / size, 2))
        for offset, users in sorted(cells.items())
        if size
    ]
    return Cohort(cohort=name, size=size, points=points)


def popular(query: PopularQuery) -> Page[PopularCourse]:
    """Return a page of courses, those with the most students first (2 requests)."""
    if query.month is None:
        ranked = find(CourseRanking, index="gsi1", limit=query.limit, after=query.start_key(), descending=True)
        titles = _titles([each.course_id for each in ranked.items])
        return query.page(ranked, lambda each: _of_ranking(each, titles))
    rows = find_whole(CourseMonth, month=query.month)
    name = query.sort.removeprefix("-")
    found: Slice[CourseMonth] = cut_sorted(
        rows,
        lambda row: [int(getattr(row, name)), row.course_id],
        limit=query.limit,
        after=query.start_key(),
        descending=True,
    )
    titles = _titles([each.course_id for each in found.items])
    return query.page(found, lambda each: _of_month(each, titles))


def _titles(course_ids: list[str]) -> dict[str, str]:
    found = batch_fetch([Course.at(course_id=course_id) for course_id in course_ids]) if course_ids else []
    return {str(each.course_id): str(each.title) for each in found if isinstance(each, Course)}


def _of_ranking(each: CourseRanking, titles: dict[str, str]) -> PopularCourse:
    count = int(each.enrolment_count)
    rating = int(each.rating) / 1000 if int(each.rating_count) >= SMALL else None
    return _course(each.course_id, titles, count, None, rating)


def _of_month(each: CourseMonth, titles: dict[str, str]) -> PopularCourse:
    return _course(each.course_id, titles, int(each.enrolled), int(each.completed), None)


def _course(
    course_id: str, titles: dict[str, str], enrolled: int, completed: int | None, rating: float | None
) -> PopularCourse:
    is_small = 0 < enrolled < SMALL
    return PopularCourse(
        course_id=course_id,
        title=titles.get(course_id),
        enrolled=None if is_small else enrolled,
        completed=None if is_small else completed,
        rating=rating,
        is_hidden=is_small,
        as_of=clock.now(),
    )
