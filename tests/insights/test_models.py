"""Models: equal to published figures, learnt in pages of this tenant alone, honest about what they do not know."""

import csv
import random
from collections import Counter
from datetime import timedelta
from math import isclose, sin
from pathlib import Path
from typing import Any

import pytest

from lyceum.events.auth import SessionStarted
from lyceum.events.courses import CourseEnrolled
from lyceum.kit.table import Unit, write_many
from lyceum.model.analytics.learners import LearnerFigures
from lyceum.model.courses.course import Course
from lyceum.model.insights.activity import SeenUser
from lyceum.model.insights.journeys import Journey, TrainedModel
from lyceum.model.users.account import User
from tests.insights.conftest import booked, bought, bring
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.jobs import run
from tests.support.workers import deliver

from functions.insights import jobs
from functions.insights.figures import forecasts
from functions.insights.models import baskets, behaviour, churn, lifetime, predictions, training
from functions.insights.models.tally import Tally

CDNOW = Path(__file__).parent / "data" / "cdnow.csv"


def test_lifetimes_are_those_that_were_published_for_cdnow() -> None:
    """Fader, Hardie and Lee 2005, table 2, and the customer that their note on the spreadsheet works out."""
    with CDNOW.open() as file:
        buyers = Counter((int(row["x"]), float(row["last"]), float(row["age"])) for row in csv.DictReader(file))
    fitted = lifetime.fit_buying(buyers)
    assert [round(value, 3) for value in (fitted.r, fitted.a, fitted.b)] == [0.243, 0.793, 2.426]
    assert isclose(fitted.alpha, 4.414, abs_tol=0.002)
    assert round(fitted.expected(39, 2, 30.43, 38.86), 3) == 1.226
    assert fitted.alive(0, 0, 38.86) == 1


def test_spending_is_found_again_in_buyers_that_were_drawn_from_it() -> None:
    draw = random.Random(3)
    rows: Counter[tuple[int, float]] = Counter()
    for _ in range(3000):
        rate, repeats = draw.gammavariate(3.74, 1 / 15.44), draw.choice([1, 1, 2, 3, 5])
        rows[repeats, round(100 * sum(draw.gammavariate(6.25, 1 / rate) for _ in range(repeats)) / repeats)] += 1
    fitted = lifetime.fit_spending(rows)
    mean = fitted.p * fitted.v / (fitted.q - 1)
    assert isclose(mean, 100 * 6.25 * 15.44 / 2.74, rel_tol=0.05)
    assert fitted.expected(50, 9_000) == pytest.approx(9_000, rel=0.05)


def test_expected_purchases_grow_with_time_and_fall_with_absence() -> None:
    fitted = lifetime.Buying(0.243, 4.414, 0.793, 2.426)
    values = [fitted.expected(weeks, 3, 20, 30) for weeks in (1, 10, 50, 200)]
    assert values == sorted(values)
    assert fitted.alive(3, 20, 21) > fitted.alive(3, 20, 60)


def test_rules_say_support_confidence_and_lift_as_they_are_defined() -> None:
    counted = baskets.Baskets()
    for basket in [["bread", "milk"]] * 6 + [["bread"]] * 2 + [["milk"]] * 4 + [["tea"]] * 8 + [[]]:
        counted.add(basket)
    first, then = baskets.rules(counted, 5)
    assert counted.number == 20
    assert (first.first, first.then, first.count, first.support, first.confidence) == ("bread", "milk", 6, 0.3, 0.75)
    assert first.lift == then.lift == 1.5
    assert baskets.rules(counted, 7) == []


def test_a_risk_is_the_share_of_those_who_stayed_away_and_is_tried_on_others() -> None:
    outcomes = {
        ("a", "00", False): 90, ("a", "00", True): 10, ("a", "30", False): 10, ("a", "30", True): 90,
        ("b", "00", False): 80, ("b", "00", True): 20, ("b", "30", False): 20, ("b", "30", True): 80,
    }  # fmt: skip
    told = churn.quality(outcomes)
    assert told is not None
    assert told.auc == pytest.approx(0.84, abs=0.02)
    assert told.brier < told.base
    assert churn.quality({("a", "00", True): 3}) is None
    assert churn.auc([(0.1, False, 2), (0.1, True, 2)]) == 0.5


@pytest.mark.parametrize(
    ("days", "name"), [([], None), ([100], "00"), ([70], None), ([71, 72], "31"), ([94, 95, 96, 97, 98], "02")]
)
def test_classes_follow_from_when_somebody_was_there(days: list[int], name: str | None) -> None:
    assert churn.class_of(days, 100) == name


def test_kinds_of_behaviour_part_users_who_differ() -> None:
    draw = random.Random(5)
    rows = [[centre + draw.random() / 5] * 6 for centre in (0, 2, 4, 6) for _ in range(20)]
    found = behaviour.find(rows)
    assert found is not None
    assert sorted(found.sizes) == [20, 20, 20, 20]
    assert found.explained > 0.95
    assert behaviour.find(rows[:10]) is None


def test_forecasts_beat_saying_what_was_a_week_ago_and_bounds_hold() -> None:
    draw = random.Random(8)
    values = [100 + day / 3 + 30 * sin(day * 2 * 3.14159 / 7) + draw.gauss(0, 6) for day in range(220)]
    held = total = 0
    for end in range(120, 200, 4):
        found = forecasts.fit(values[:end])
        assert found.error < found.naive
        for (_, low, high), true in zip(found.ahead(14), values[end : end + 14], strict=True):
            held, total = held + (low <= true <= high), total + 1
    assert 0.7 <= held / total <= 0.92
    with pytest.raises(ValueError, match="four weeks"):
        forecasts.fit(values[:20])


def test_pages_add_up_to_the_whole_and_pass_through_json(clock: Clock, client: Client) -> None:
    people = [f"user-{number}" for number in range(12)]
    bring([SessionStarted(user_id=user, session_id="s") for user in people])
    bring([bought(user, "plan:plus", clock.at) for user in people[:6]])
    day = clock.at.date().toordinal()
    whole = training.counted(people, day)
    halves = Tally()
    for part in (people[:5], people[5:]):
        halves.merge(Tally.from_json(training.counted(part, day).to_json()))
    assert halves.to_json() == whole.to_json()


@pytest.fixture
def school(client: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sixty students who were there, bought and studied for four months."""
    monkeypatch.setattr(training, "_PAGE", 25)
    draw = random.Random(4)
    people = [client.as_("student-1", "student").user_id, *(f"student-{number}" for number in range(59))]
    write_many(
        User(user_id=user, username=user, first_name=user, last_name="Doe", role="student") for user in people[1:]
    )
    for course_id in ("algebra", "botany"):
        Unit().create(Course(course_id=course_id, title=course_id.title(), instructor_id="i")).commit()
    start = clock.at - timedelta(days=120)
    today = clock.at.date().toordinal()
    events: list[Any] = []
    for number, user in enumerate(people):
        visits = [today - back for back in range(60, -1, -1) if draw.random() < 0.2 + 0.5 * (number % 2)]
        write_many([SeenUser(user_id=user, first_day=visits[0], days=visits, weeks=[0], months=[0])])
        days = sorted(draw.sample(range(110), 1 + number % 3))
        events += [bought(user, "plan:plus", start + timedelta(days=day)) for day in days]
        events += [bought(user, "book:maths", start + timedelta(days=days[0]))] * (number % 2)
        events += [CourseEnrolled(course_id="algebra", user_id=user)]
        events += [CourseEnrolled(course_id="botany", user_id=user)] * (number % 4 == 0)
    bring(events)
    return people


def test_models_are_learnt_in_pages_each_night_and_told_with_their_cards(
    client: Client, clock: Clock, tenant: str, school: list[str]
) -> None:
    admin = client.as_("admin")
    assert admin.get("/api/analytics/churn").data["isTrained"] is False
    for _ in range(2):
        run(jobs, "train_models")
    assert deliver(client.cloud, tenant, rounds=6, only="insights") == 0
    names = ("lifetime", "churn", "basket", "courses", "behaviour")
    assert {name: TrainedModel.fetch(name=name) is not None for name in names} == dict.fromkeys(names, True)
    value = admin.get("/api/analytics/lifetime-value")
    assert (value.data["buyers"], value.data["isTrained"], value.cost.requests <= 2) == (60, True, True)
    assert sum(each["buyers"] for each in value.data["segments"]) == 60
    assert value.data["currencies"][0]["purchase"] == pytest.approx(1000, rel=0.15)
    risk = admin.get("/api/analytics/churn").data
    assert risk["users"] + risk["gone"] >= 60
    assert risk["card"]["quality"]["auc"] is None or 0 <= risk["card"]["quality"]["auc"] <= 1
    pair = admin.get("/api/analytics/basket", {"number": 1}).data["rules"]
    assert (pair[0]["count"], pair[0]["lift"]) == (30, 1)
    assert admin.get("/api/analytics/basket", {"of": "courses"}).data["rules"][0]["count"] == 15
    shown = admin.get(f"/api/ml/user-behavior/{school[1]}").data
    assert shown["kind"] in range(4)
    assert shown["expectedPurchases"] > 0
    assert admin.get("/api/ml/user-behavior/nobody").status == 404


def test_suggestions_are_ones_own_and_leave_out_what_one_has(
    client: Client, clock: Clock, tenant: str, school: list[str]
) -> None:
    admin = client.as_("admin")
    job = admin.post("/api/ml/retrain", {})
    assert job.status == 202
    assert deliver(client.cloud, tenant, rounds=6, only="insights") == 0
    reader = client.as_("student-1", "student")
    assert reader.user_id == school[0]
    told = reader.get(f"/api/ml/recommendations/{reader.user_id}")
    assert [(each["id"], each["kind"], each["becauseOf"]) for each in told.data["items"]] == [
        ("book:maths", "product", "plan:plus")
    ]
    assert told.cost.requests <= 2
    assert reader.get(f"/api/ml/recommendations/{school[2]}").status == 403
    abroad = client.of(f"{client.tenant}-abroad").as_("admin")
    assert abroad.get("/api/analytics/churn").data["isTrained"] is False


def test_training_rows_name_nobody(client: Client, clock: Clock, school: list[str]) -> None:
    admin = client.as_("admin")
    rows = [row for page in pages(admin, {"rows": "interactions", "limit": 50}) for row in page]
    assert len(rows) == 60
    assert not {row["subject"] for row in rows} & set(school)
    journey = Journey.require(user_id=school[4])
    mine = next(row for row in rows if row["subject"] == journey.alias)
    assert mine["items"] == {"course:algebra": 1, "course:botany": 1, "product:plan:plus": 1}
    behaving = admin.get("/api/ml/training-data", {"rows": "behaviour", "limit": 100}).data
    assert {"days", "since", "courses"} <= set(behaving[0]["features"])
    assert admin.get("/api/ml/training-data", {"rows": "requests"}).data == []


def pages(client: Client, query: dict[str, Any]) -> list[list[dict[str, Any]]]:
    found, cursor = [], None
    while True:
        reply = client.get("/api/ml/training-data", {**query, **({"cursor": cursor} if cursor else {})})
        found.append(reply.data)
        cursor = reply.pagination.get("nextCursor")
        if cursor is None:
            return found


def test_a_trend_is_told_with_its_error_and_without_sales_too(client: Client, clock: Clock) -> None:
    bring([booked(clock.at - timedelta(days=back), revenue=-(1_000 + 100 * (back % 7))) for back in range(1, 60)])
    admin = client.as_("admin")
    told = admin.get("/api/ml/trend-analysis", {"days": 56, "horizon": 7})
    assert told.data["currency"] == "NGN"
    assert len(told.data["forecast"]) == 7
    assert len(told.data["season"]) == 7
    assert told.data["forecast"][0]["low"] <= told.data["forecast"][0]["value"] <= told.data["forecast"][0]["high"]
    assert told.cost.requests <= 2
    assert admin.get("/api/ml/trend-analysis", {"metric": "active"}).data["forecast"][0]["value"] == 0
    assert admin.get("/api/ml/trend-analysis", {"days": 27}).status == 400


def test_a_chance_to_pass_comes_with_bounds_and_few_exams_say_nothing(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    admin = client.as_("admin")
    place = f"/api/analytics/predictions/{student.user_id}"
    assert (admin.get(place).data["level"], admin.get(place).data["chance"]) == ("unknown", 0.5)
    Unit().put(LearnerFigures(user_id=student.user_id, exams=10, passed=9, percent_sum=80_000)).commit()
    told = admin.get(place)
    assert (told.data["level"], told.data["chance"]) == ("likely", round(10 / 12, 4))
    assert told.data["low"] < told.data["chance"] < told.data["high"]
    assert told.cost.requests <= 2
    assert client.as_("stranger", "instructor").get(place).status == 404
    assert student.get(place).status == 403


@pytest.mark.parametrize(("right", "tries", "low", "high"), [(0, 0, 0, 1), (5, 10, 0.3118, 0.6882), (10, 10, 0.859, 1)])
def test_bounds_of_shares(right: int, tries: int, low: float, high: float) -> None:
    assert predictions.wilson(right, tries) == pytest.approx((low, high), abs=0.001)
