"""Reviews of questions about a passage: it comes along, and none of them is asked while it is secret (EXAM L4)."""

from collections.abc import Callable
from datetime import timedelta

from lyceum.kit import clock as clocks
from lyceum.kit import ids
from lyceum.kit.table import Unit
from lyceum.model.questions.passages import Passage
from tests.study.conftest import Student, question
from tests.support.clock import Clock

DUE = "/api/reviews/due"


def test_a_review_shows_the_passage_of_its_question_unless_it_is_secret(
    student: Student, questions: list[str], clock: Clock, sit: Callable[..., str]
) -> None:
    sit(["wrong", "wrong"])
    clock.advance(days=2)
    passage_id, (asked, plain, other) = ids.new_id(), (questions[0], questions[1], ids.new_id())
    passage = Passage(passage_id=passage_id, author_id="u", form="text", text="The river.", question_ids={asked, other})
    about = {"passage_id": passage_id}
    Unit().put(passage).put(question(asked, **about)).put(question(other, **about)).commit()
    reply = student.client.get(DUE)
    shown = {each["questionId"]: each["question"]["content"] for each in reply.data["reviews"]}
    assert shown[asked]["passage"]["text"] == "The river."
    assert "passage" not in shown[plain]
    secret = question(other, **about, embargoed_until=clocks.now() + timedelta(days=1))
    Unit().put(secret).commit()
    assert [each["questionId"] for each in student.client.get(DUE).data["reviews"]] == [plain]
