"""Each transaction of every worker is given up for conflicts once: its message comes again and has its effect once."""

from collections import Counter
from collections.abc import Callable

import pytest

from tests.faults.test_story import Stubborn, scene, stored, taking_an_exam
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.conflicts import Conflicts, conflicting_storage
from tests.support.http import Client
from tests.support.story import Story
from tests.support.workers import deliver

GIVEN_UP = 3
"""So often the kit tries a transaction."""
RECEIVES, HIDDEN_SECONDS = 3, 130
"""How often a queue hands out a message, and how long it hides one that failed."""
Act = Callable[[Client, Clock], None]


def sitting(client: Client, clock: Clock) -> None:
    """A student takes an exam."""
    taking_an_exam(client, scene(client), Stubborn(clock))


def studying(client: Client, clock: Clock) -> None:
    """A student enters a course and completes its lesson, and the instructor tells the course something."""
    del clock
    teacher, student = client.as_("instructor"), client.as_("student")
    Story(client).topic(client.as_("admin"), teacher)
    course_id = client.get("/api/courses").data[0]["courseId"]
    lesson = teacher.post(f"/api/courses/{course_id}/lessons", {"title": "Sets", "format": "text"}).data
    assert student.post(f"/api/courses/{course_id}/enroll").status == 201
    assert student.post("/api/lessons/complete", {"lessonId": lesson["lessonId"]}).status == 200
    told = teacher.post("/api/announcements", {"courseId": course_id, "title": "Room 4", "body": "<p>Not 3.</p>"})
    assert told.status == 201, told.body


def authoring(client: Client, clock: Clock) -> None:
    """An author writes a question, which a moderator lets into the bank."""
    del clock
    topic_id = Story(client).topic(client.as_("admin"), client.as_("instructor"))
    Story(client).approved_question(client.as_("instructor"), client.as_("moderator"), topic_id)


def follow(cloud: Cloud, act: Act, clock: Clock, order: Callable[[Conflicts], None]) -> tuple[Conflicts, Counter[str]]:
    """Play an act and what follows from it, with conflicts as they are ordered; returns them and what is stored."""
    with cloud.new_tenant() as tenant:
        act(Client(cloud, tenant), clock)
        with conflicting_storage() as conflicts:
            order(conflicts)
            for _ in range(RECEIVES):
                if deliver(cloud, tenant, rounds=6) == 0:
                    break
                clock.advance(seconds=HIDDEN_SECONDS)
        return conflicts, stored(cloud, tenant)


@pytest.mark.parametrize("act", [sitting, studying, authoring])
def test_every_transaction_of_every_worker_may_be_given_up_once(cloud: Cloud, clock: Clock, act: Act) -> None:
    calm, expected = follow(cloud, act, clock, lambda _conflicts: None)
    seen: Counter[str] = Counter()
    for families in calm.transactions:
        family = min(families, key=lambda name: seen[name])
        seen.update(families)

        def order(conflicts: Conflicts, family: str = family, number: int = seen[family]) -> None:
            conflicts.cancel(number, family, times=GIVEN_UP)

        conflicts, found = follow(cloud, act, clock, order)
        assert (conflicts.refused, found) == ([{family}] * GIVEN_UP, expected), (family, seen[family])
