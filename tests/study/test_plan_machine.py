"""A plan that lives through anything: days go by, some are missed, dates and goals change, topics are finished."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lyceum.model.study.plans import PlanProgress, StudyPlan

from functions.study.plans import calendar

MONDAY = date(2027, 1, 11)


class Plan(RuleBasedStateMachine):
    """Follows the calendar as its student sees it on each day."""

    @initialize(
        minutes=st.lists(st.integers(10, 400), min_size=1, max_size=6),
        days=st.integers(2, 60),
        cap=st.sampled_from([15, 60, 185]),
        off=st.sets(st.integers(0, 6), max_size=5),
    )
    def lay(self, minutes: list[int], days: int, cap: int, off: set[int]) -> None:
        self.today = MONDAY
        topics: list[dict[str, Any]] = [
            {
                "key": f"t{number}",
                "topic_id": None,
                "title": "T",
                "priority": 1 + number % 5,
                "minutes": each,
                "after": [f"t{number - 1}"] if number % 3 == 2 else [],
                "mastery": 0.0,
                "done_on": None,
            }
            for number, each in enumerate(minutes)
        ]
        self.plan = StudyPlan(
            user_id="u",
            plan_id="p",
            title="P",
            starts_on=MONDAY.isoformat(),
            target_on=(MONDAY + timedelta(days=days)).isoformat(),
            time_zone="UTC",
            daily_minutes=cap,
            days_off={"weekdays": sorted(off), "dates": []},
            topics=topics,
        )
        self.progress = PlanProgress(user_id="u", plan_id="p")
        self.edit()

    def edit(self) -> None:
        """Lay the rest again, as every change does."""
        calendar.lay_plan(self.plan, self.progress, self.today)

    @rule(days=st.integers(1, 9))
    def days_go_by(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule()
    def a_day_is_studied_as_planned(self) -> None:
        for day, key, minutes, kind in self.seen().rows:
            if kind == "learn" and day == self.today.isoformat():
                self.study(key, minutes)
        self.today += timedelta(days=1)

    @rule(number=st.integers(0, 5), minutes=st.integers(1, 200))
    def something_is_studied(self, number: int, minutes: int) -> None:
        self.study(f"t{number}", minutes)

    @rule(number=st.integers(0, 5))
    def a_topic_is_finished(self, number: int) -> None:
        self.plan.topics[number % len(self.plan.topics)]["done_on"] = self.today.isoformat()
        self.edit()

    @rule(status=st.sampled_from(["active", "paused"]))
    def it_is_paused_or_resumed(self, status: str) -> None:
        self.plan.status = status
        self.edit()

    @rule(days=st.integers(1, 60))
    def the_exam_is_moved(self, days: int) -> None:
        self.plan.target_on = (self.today + timedelta(days=days)).isoformat()
        self.edit()

    @rule(cap=st.sampled_from([15, 60, 185]))
    def the_goal_changes(self, cap: int) -> None:
        self.plan.daily_minutes = cap
        self.edit()

    def study(self, key: str, minutes: int) -> None:
        seconds = self.progress.done("topics", key)[0] + 60 * minutes
        self.progress.topics = {**self.progress.topics.as_dict(), f"{key}/seconds": seconds}

    def seen(self) -> calendar.Calendar:
        return calendar.current(self.plan, self.progress, self.today)

    @invariant()
    def no_day_ahead_is_above_the_cap_or_off(self) -> None:
        by_day: dict[str, int] = defaultdict(int)
        shown = self.seen()
        for day, _, minutes, _ in shown.rows:
            if day >= shown.laid_on:
                by_day[day] += minutes
        assert all(minutes <= self.plan.daily_minutes for minutes in by_day.values())
        assert all(day < self.plan.target_on for day in by_day)
        assert not any(calendar.is_off(self.plan, date.fromisoformat(day)) for day in by_day)

    @invariant()
    def what_is_open_is_planned_or_named(self) -> None:
        again = StudyPlan(**self.plan.attribute_values)
        calendar.lay_plan(again, self.progress, self.today)
        if again.status != "active":
            return
        rows = calendar.unpack(again.calendar)
        ahead = calendar.minutes_by_key(row for row in rows if row[0] >= again.laid_on and row[3] == "learn")
        for topic in calendar.planned_topics(again, self.progress):
            assert ahead.get(topic.key, 0) + again.unplaced.get(topic.key, 0) == topic.needed_minutes

    @invariant()
    def it_is_the_same_for_everybody_who_asks(self) -> None:
        assert self.seen() == self.seen()

    @invariant()
    def a_plan_that_is_behind_is_laid_from_today(self) -> None:
        shown = self.seen()
        is_active = self.plan.status == "active" and self.plan.target_on > self.today.isoformat()
        if is_active and calendar.is_behind(calendar.unpack(self.plan.calendar), self.plan, self.progress, self.today):
            assert shown.laid_on == self.today.isoformat()


TestPlan = Plan.TestCase
