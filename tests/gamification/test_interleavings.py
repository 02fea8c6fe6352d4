"""Points and figures are exact after any interleaving of deeds with deaths and repeats, though no marker is kept."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from lyceum.events.courses import LessonCompleted
from lyceum.events.study import StudyRecorded
from lyceum.kit import context, ids
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.event import Event
from lyceum.kit.http import exchange
from lyceum.model.analytics.learners import LearnerFigures
from lyceum.model.gamification.boards import Standing
from lyceum.model.gamification.points import PlayerFigures
from tests.faults.interleaving import Act, Play, parts
from tests.gamification.conftest import exam, regraded
from tests.support import workers
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA, Client

from functions.analytics.events.statistics import consumer as analytics
from functions.gamification.events import consumer as gamification

FEW = 16
MOST_WRITES = 8


def deeds(play: Play, user_id: str) -> list[Event]:
    """Return lessons, study and exams, some of which are marked again."""
    found: list[Event] = []
    for _ in range(play.chance.randint(1, 3)):
        found.append(LessonCompleted(course_id="c", lesson_id=ids.new_id(), user_id=user_id))
        found.append(StudyRecorded(user_id=user_id, day="2027-01-11", cause="session", seconds=600, streak_days=1))
    first = exam(user_id, "rrw")
    found += [first, regraded(first, "rww")]
    return found


def act_of(consumer: Consumer, event: Event, tenant: str) -> Act:
    entry: dict[str, Any] = {"Detail": event.model_dump_json(by_alias=True), "DetailType": event.name}

    def act() -> None:
        with context.working(context.RequestContext(tenant, "nobody", "c")):
            consumer.handler({"Records": [workers.record({**entry, "Source": event.source})]}, LAMBDA)

    return act


@pytest.mark.parametrize("numbers", parts(FEW), ids=str)
def test_deeds_count_once_after_any_interleaving(cloud: Cloud, clock: Clock, numbers: range) -> None:
    exchange.begin(cast("exchange.Exchange", SimpleNamespace(country=None)))
    for number in numbers:
        with cloud.new_tenant() as tenant:
            play = Play(number, most_writes=MOST_WRITES)
            user_id = Client(cloud, tenant).as_("ada", "student").user_id
            events = deeds(play, user_id)
            play.chance.shuffle(events)
            for start in range(0, len(events), 3):
                some = events[start : start + 3]
                play.together(*[act_of(consumer, event, tenant) for event in some for consumer in wanting(event)])
            for event in events:
                for consumer in wanting(event):
                    act_of(consumer, event, tenant)()
            require_exact(user_id, sum(isinstance(event, LessonCompleted) for event in events), number)


def wanting(event: Event) -> list[Consumer]:
    return [analytics, gamification] if isinstance(event, LessonCompleted | StudyRecorded) else [gamification]


def require_exact(user_id: str, lessons: int, number: int) -> None:
    player = PlayerFigures.require(user_id=user_id, consistent=True)
    points = lessons * 20 + lessons * 2 + 10
    expected = {"lessons": lessons, "study_minutes": lessons * 10, "exams": 1, "correct": 1, "points": points}
    assert {name: player.figures.get(name, 0) for name in expected} == expected, number
    standing = Standing.require(user_id=user_id, board="global", period="all", consistent=True)
    assert (int(standing.score), int(standing.correct)) == (points, 1), number
    figures = LearnerFigures.require(user_id=user_id, consistent=True)
    assert (int(figures.lessons), int(figures.sessions)) == (lessons, lessons), number
