"""Moderation by a model: what stands out goes to people with its words; nothing is held, and rules hold without it."""

from typing import Any

import pytest

from lyceum.kit.configuration import known
from lyceum.kit.configuration.records import SettingValues
from lyceum.kit.table import find, write_many
from lyceum.model.ai.asking import ModelBudget
from tests.ai.conftest import School
from tests.support.workers import deliver

from functions.ai.moderation.reading import Impression, stands_out

TEXT = "You never get anything right and nobody wants you here."


def discussed(school: School, text: str) -> str:
    (question,) = school.questions(1)
    wanted = {"questionId": question, "title": "About this one", "text": text}
    reply = school.student.post("/api/discussions", wanted)
    assert reply.status == 201, reply.body
    assert deliver(school.client.cloud, school.client.tenant) == 0
    return str(reply.data["discussionId"])


def reported(school: School, queue: str = "general") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = school.moderator.get("/api/admin/reports", {"queue": queue}).data
    return found


def test_what_a_model_finds_toxic_is_a_report_for_people_and_stays_in_sight(school: School) -> None:
    discussion = discussed(school, f"{TEXT} [[toxic]]")
    (report,) = reported(school)
    assert (report["itemType"], report["itemId"], report["type"]) == ("discussion", discussion, "harassment")
    assert (report["found"]["toxicity"], report["found"]["sentiment"]) == (0.92, -0.9)
    assert report["found"]["promptVersion"] == 1
    assert report["excerpt"] in f"About this one\n{TEXT}"
    assert "reporterId" not in report
    other = school.client.as_("eve", "student")
    assert other.get(f"/api/discussions/{discussion}").status == 200, "people decide"
    answer = other.post(f"/api/discussions/{discussion}/reply", {"text": f"Same to you. {TEXT} [[toxic]]"})
    assert answer.status == 201
    assert deliver(school.client.cloud, school.client.tenant) == 0
    assert {each["itemType"] for each in reported(school)} == {"discussion", "reply"}
    place = f"/api/admin/reports/{report['reportId']}/resolve"
    assert school.moderator.post(place, {"resolution": "Out of sight.", "action": "remove"}).status == 200
    assert other.get(f"/api/discussions/{discussion}").status == 404


def test_despair_is_a_report_about_safety_whatever_its_tone(school: School) -> None:
    discussed(school, "There is no sense in going on. [[despair]]")
    assert reported(school) == []
    (report,) = reported(school, "safeguarding")
    assert report["type"] == "self_harm"


@pytest.mark.parametrize(
    "text", [TEXT, f"{TEXT} [[toxic]] [[invented-quote]]", f"{TEXT} [[down]]", f"{TEXT} [[nonsense]]"]
)
def test_nothing_is_reported_of_other_texts_or_without_words_for_it(school: School, text: str) -> None:
    discussed(school, text)
    assert reported(school) == []


def test_a_tenant_may_have_no_model_read_along(school: School) -> None:
    write_many([SettingValues(values={"moderation_by_model": 0})])
    known.forget()
    discussed(school, f"{TEXT} [[toxic]]")
    assert reported(school) == []
    assert find(ModelBudget, scope="moderation").items == []


@pytest.mark.parametrize(
    ("toxicity", "kind", "quote", "is_looked_at"),
    [
        (0.9, "harassment", "never get", True),
        (0.69, "harassment", "never get", False),
        (0.9, None, "never get", False),
        (0.9, "harassment", "Never get", False),
        (0.9, "harassment", "  ", False),
        (0.35, "threat", "never get", True),
        (0.34, "threat", "never get", False),
        (0.0, "self_harm", "never get", True),
    ],
)
def test_bounds(toxicity: float, kind: Any, quote: str, is_looked_at: bool) -> None:
    verdict = Impression(toxicity=toxicity, sentiment=0, kind=kind, quote=quote)
    assert stands_out(verdict, TEXT) is is_looked_at
