"""A student's own performance is whole, however many topics and weeks it has."""

import pytest

from lyceum.kit.table import write_many
from lyceum.model.exams.statistics import Performance
from tests.support.http import Client

from functions.exams.statistics import performance


def test_performance_has_every_topic_and_week(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(performance, "_PAGE", 40)
    student = client.as_("student")
    respects = [("mode", "quiz"), *(("topic", f"t{number:03d}") for number in range(100)), ("week", "2027-W02")]
    write_many(Performance(user_id=student.user_id, respect=respect, name=name, exams=1) for respect, name in respects)
    reply = student.get("/api/exams/analytics")
    assert (len(reply.data["byTopic"]), len(reply.data["byWeek"]), reply.data["overall"]["exams"]) == (100, 1, 1)
    assert reply.cost.operations == ["Query"] * 3
