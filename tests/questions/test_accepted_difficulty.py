"""A difficulty that the calibration proposes becomes the question's when somebody who answers for it says so."""

from lyceum.kit import clock
from lyceum.kit.table import Unit
from lyceum.model.questions.statistics import QuestionStatistics
from tests.questions.conftest import Bank
from tests.support.http import Client


def propose(question_id: str, label: str) -> None:
    found = QuestionStatistics(
        question_id=question_id,
        attempts=40,
        estimate="1.2000",
        standard_error="0.2000",
        sample_size=40,
        proposed_difficulty=label,
        estimated_at=clock.now(),
    )
    Unit().put(found).commit()


def test_a_proposal_is_accepted_once_and_shows_in_every_list(client: Client, tenant: str, bank: Bank) -> None:
    (name,) = bank.fill(1, difficulty="easy")
    path = f"/api/questions/{name}/difficulty"
    author = client.as_("instructor")
    assert author.post(path, {"difficulty": "hard"}).error.code == "NO_SUCH_PROPOSAL"
    propose(name, "hard")
    assert client.as_("eve", "instructor").post(path, {"difficulty": "hard"}).status == 403
    assert author.post(path, {"difficulty": "medium"}).error.code == "NO_SUCH_PROPOSAL"
    assert author.post(path, {"difficulty": "very"}).error.fields == {"difficulty"}
    for _ in range(2):
        accepted = author.post(path, {"difficulty": "hard"})
        assert (accepted.status, accepted.data["difficulty"]) == (200, "hard")
    for query in ({"topicId": bank.topic_id}, {}):
        assert [row["difficulty"] for row in client.get("/api/questions", query).data] == ["hard"]
    assert client.get("/api/questions", {"topicId": bank.topic_id, "difficulty": "easy"}).data == []
    shown = author.get(f"/api/questions/{name}/statistics").data["estimate"]
    assert "proposedLabel" not in shown
    assert author.get(f"/api/questions/{name}").data["revision"] == 1


def test_moderators_accept_for_others(client: Client, tenant: str, bank: Bank) -> None:
    (name,) = bank.fill(1, difficulty="easy")
    propose(name, "hard")
    moderator = client.as_("moderator")
    assert moderator.post(f"/api/questions/{name}/difficulty", {"difficulty": "hard"}).status == 200
    assert moderator.get(f"/api/questions/{'0' * 26}/statistics").status == 404
    assert moderator.post(f"/api/questions/{'0' * 26}/difficulty", {"difficulty": "hard"}).status == 404
