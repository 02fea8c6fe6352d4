"""What a student has solved is known in every topic, and a course's draw may come from any of its topics."""

from lyceum.kit import ids
from lyceum.kit.table import write_many
from lyceum.model.questions.statistics import SolvedQuestions
from tests.questions.conftest import Bank
from tests.support.http import Client

TOPICS = 130


def test_what_was_solved_is_found_beyond_the_first_hundred_topics(client: Client, bank: Bank) -> None:
    student = client.as_("student")
    made = bank.approved()["questionId"]
    others = [f"0{ids.new_id()[1:]}" for _ in range(TOPICS)]
    write_many(SolvedQuestions(user_id=student.user_id, topic_id=name, question_ids={name}) for name in others)
    write_many([SolvedQuestions(user_id=student.user_id, topic_id=f"Z{bank.topic_id}", question_ids={made})])
    solved = student.get("/api/questions", {"solved": "true", "limit": 100}).data
    assert made in {question["questionId"] for question in solved}
