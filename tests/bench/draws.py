"""The random draw of 40 questions from banks of three sizes."""

import secrets

from lyceum.kit import context, ids
from lyceum.kit.table import write_many
from lyceum.model.questions.question import Question
from lyceum.rules.questions.topic_sampler import draw
from tests.support.cloud import Cloud

SIZES = (1_000, 10_000, 100_000)


def fill(topic_id: str, first: int, last: int) -> None:
    """Put questions into a topic's bank."""
    write_many(
        Question(
            question_id=ids.new_id(),
            topic_id=topic_id,
            course_id="C",
            department_id="D",
            author_id="A",
            type="single",
            stem=f"Question {number}",
            content={"options": [{"id": "a", "text": "yes"}, {"id": "b", "text": "no"}]},
            difficulty="easy",
            status="approved",
            sort_key=secrets.token_hex(8),
            fingerprint=str(number),
        )
        for number in range(first, last)
    )


def table(cloud: Cloud) -> list[str]:
    """Draw from growing banks and return the rows of a Markdown table."""
    rows = ["| questions in the bank | storage requests for 40 |", "|---|---|"]
    with cloud.new_tenant():
        size = 0
        for wanted in SIZES:
            fill("topic", size, wanted)
            size = wanted
            before = context.current().usage.requests
            assert len({question.question_id for question in draw(["topic"], 40, "seed")}) == 40
            rows.append(f"| {wanted} | {context.current().usage.requests - before} |")
    return rows
