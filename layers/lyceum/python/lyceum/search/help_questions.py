"""Questions to mentors, as documents: found by whoever is signed in to the tenant, without who asked."""

from collections.abc import Iterator

from lyceum.kit.table import find_all
from lyceum.model.community.questions import HelpQuestion
from lyceum.search.documents import MEMBERS, Document
from lyceum.search.plain_values import facets_of, seconds_of, text_of


def everything() -> Iterator[Document]:
    """Yield the documents of all questions that are not held."""
    for question in find_all(HelpQuestion, index="gsi1"):
        if not question.held:
            yield of_question(question)


def of_question(question: HelpQuestion) -> Document:
    """Return the document of a question to mentors."""
    return Document(
        kind="help_question",
        item_id=question.question_id,
        title=question.title,
        text=text_of(question.text),
        seen_by=(MEMBERS,),
        facets=facets_of(question, "subject", "grade_level", "language"),
        numbers={"created_at": seconds_of(question.asked_at)},
        popularity=int(question.answer_count),
        shown={"subject": question.subject},
    )


def read(item_id: str) -> tuple[Document | None, int]:
    """Read a question, and return its document unless it is held, with its version."""
    question = HelpQuestion.fetch(question_id=item_id, consistent=True)
    if question is None:
        return None, 0
    return (None if question.held else of_question(question)), int(question.version)
