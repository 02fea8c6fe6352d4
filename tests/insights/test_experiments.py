"""Experiments: users are parted for good, counted once, and false alarms stay rare however often one looks."""

import random
from datetime import timedelta
from typing import Any

import pytest

from lyceum.events.auth import SessionStarted
from lyceum.events.courses import CourseEnrolled, CourseLeft
from lyceum.kit.configuration import flags
from lyceum.kit.configuration.records import FeatureFlag
from lyceum.kit.table import Unit
from lyceum.model.insights.experiments import ExperimentArm
from tests.insights.conftest import bring
from tests.support.clock import Clock
from tests.support.http import Client

from functions.insights.experiments import comparing, counting
from functions.insights.experiments.comparing import Group

PLACE = "/api/analytics/ab-tests"
WANTED: dict[str, Any] = {"name": "A shorter first page", "flag": "short-home", "goal": "enrolled", "days": 14}
VARIANTS = [{"name": "control", "weight": 1}, {"name": "treatment", "weight": 3}]


def seen(*users: str) -> list[SessionStarted]:
    return [SessionStarted(user_id=user, session_id="s") for user in users]


def test_users_are_parted_by_weight_for_good_and_as_a_flag_parts_them(clock: Clock) -> None:
    people = [f"user-{number}" for number in range(2000)]
    drawn = {user: counting.variant_of("short-home", VARIANTS, user) for user in people}
    assert drawn == {user: counting.variant_of("short-home", VARIANTS, user) for user in people}
    assert 0.72 < list(drawn.values()).count("treatment") / 2000 < 0.78
    flag = FeatureFlag(flag="short-home", is_enabled=True, variants=VARIANTS)
    for user in people[:50]:
        assert flags.evaluate(flag, flags.Subject(user, "student", "main"), clock.at) == drawn[user]
    other = [counting.variant_of("long-home", VARIANTS, user) for user in people]
    assert other != list(drawn.values())


def test_who_was_there_counts_once_and_what_they_reach_after_it(client: Client, clock: Clock) -> None:
    admin = client.as_("admin")
    created = admin.post(PLACE, {**WANTED, "guardrails": ["left"]})
    assert created.status == 201
    assert created.data["isRunning"]
    people = [f"user-{number}" for number in range(10)]
    bring([CourseEnrolled(course_id="a", user_id=people[0])])  # before it was there
    clock.advance(minutes=1)
    bring(seen(*people), times=2)
    clock.advance(minutes=1)
    bring([CourseEnrolled(course_id=course, user_id=user) for user in people[1:5] for course in "ab"], times=2)
    bring([CourseLeft(course_id="a", user_id=people[1])])
    told = admin.get(f"{PLACE}/{created.data['testId']}/results")
    assert sum(each["users"] for each in told.data["arms"]) == 10
    assert sum(each["reached"] for each in told.data["arms"]) == 4
    assert [each["verdict"] for each in told.data["arms"]] == ["baseline", "open"]
    assert told.data["arms"][1]["pValue"] == 1
    assert told.data["guardrails"][0]["isBroken"] is False
    assert told.cost.requests <= 3
    clock.advance(days=15)
    bring(seen("late"))
    ended = admin.get(f"{PLACE}/{created.data['testId']}/results").data
    assert not ended["experiment"]["isRunning"]
    assert sum(each["users"] for each in ended["arms"]) == 10


def test_a_difference_is_found_and_a_broken_guardrail_is_told(client: Client, clock: Clock) -> None:
    admin = client.as_("admin")
    test_id = admin.post(PLACE, {**WANTED, "guardrails": ["refunded", "left"]}).data["testId"]
    for variant, enrolled, left in (("control", 200, 20), ("treatment", 320, 120)):
        arm = ExperimentArm(experiment_id=test_id, variant=variant, exposed=1000, enrolled=enrolled, left=left)
        Unit().put(arm).commit()
    told = admin.get(f"{PLACE}/{test_id}/results").data
    treatment = told["arms"][1]
    assert (treatment["verdict"], treatment["effect"]) == ("better", 0.12)
    assert 0 < treatment["low"] < 0.12 < treatment["high"]
    assert [(each["guardrail"], each["isBroken"]) for each in told["guardrails"]] == [
        ("left", True),
        ("refunded", False),
    ]
    assert told["isTrusted"]
    Unit().put(ExperimentArm(experiment_id=test_id, variant="treatment", exposed=1300, enrolled=320)).commit()
    assert not admin.get(f"{PLACE}/{test_id}/results").data["isTrusted"]


def test_two_experiments_of_one_flag_and_too_many_at_once_are_refused(client: Client, clock: Clock) -> None:
    admin = client.as_("admin")
    assert admin.post(PLACE, WANTED).status == 201
    assert admin.post(PLACE, WANTED).error.code == "EXPERIMENT_RUNS"
    for number in range(counting.MOST_RUNNING - 1):
        assert admin.post(PLACE, {**WANTED, "flag": f"flag-{number}"}).status == 201
    assert admin.post(PLACE, {**WANTED, "flag": "one-more"}).error.code == "TOO_MANY_EXPERIMENTS"
    same = [{"name": "a-a"}, {"name": "a-a"}]
    assert admin.post(PLACE, {**WANTED, "variants": same}).status == 400
    assert admin.get(f"{PLACE}/nothing/results").status == 404
    assert client.as_("moderator").post(PLACE, WANTED).status == 403


def peeked(draw: random.Random, shares: tuple[float, float], peeks: int, alpha: float) -> bool:
    """Say whether an experiment that is looked at so often is ever called decided."""
    users = reached_a = reached_b = 0
    for _ in range(peeks):
        users += 100
        reached_a += sum(draw.random() < shares[0] for _ in range(100))
        reached_b += sum(draw.random() < shares[1] for _ in range(100))
        told = comparing.compare(Group(users, reached_a), Group(users, reached_b), spread=0.03)
        if told.p_value <= alpha:
            return True
    return False


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5])
def test_forty_looks_at_nothing_give_hardly_a_false_alarm(share: float) -> None:
    draw = random.Random(11)
    alarms = sum(peeked(draw, (share, share), 40, 0.01) for _ in range(250))
    assert alarms <= 0.015 * 250


def test_a_difference_that_matters_is_seen() -> None:
    draw = random.Random(12)
    found = sum(peeked(draw, (0.1, 0.16), 40, 0.01) for _ in range(40))
    assert found >= 36


def test_bounds_hold_the_true_difference_at_all_times_together() -> None:
    draw, missed = random.Random(13), 0
    for _ in range(150):
        users, a, b, is_outside = 0, 0, 0, False
        for _ in range(20):
            users += 100
            a += sum(draw.random() < 0.3 for _ in range(100))
            b += sum(draw.random() < 0.35 for _ in range(100))
            told = comparing.compare(Group(users, a), Group(users, b), spread=0.03, alpha=0.05)
            is_outside |= not told.low <= 0.05 <= told.high
        missed += is_outside
    assert missed <= 0.05 * 150


@pytest.mark.parametrize(
    ("users", "weights", "low", "high"),
    [([500, 500], [1, 1], 0.99, 1), ([450, 550], [1, 1], 0.001, 0.002), ([340, 330, 330], [1, 1, 1], 0.85, 1)],
)
def test_numbers_of_users_unlike_their_weights_are_told(
    users: list[int], weights: list[int], low: float, high: float
) -> None:
    assert low <= comparing.mismatch(users, weights) <= high


def test_running_experiments_end_by_themselves(client: Client, clock: Clock) -> None:
    client.as_("admin").post(PLACE, WANTED)
    assert [each.flag for each in counting.running(clock.at)] == ["short-home"]
    assert counting.running(clock.at + timedelta(days=14)) == []
