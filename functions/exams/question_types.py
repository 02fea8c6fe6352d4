"""What delivery knows of a question's type: which responses its sheet admits, as conditions of the write that saves one.

The sheet holds for each question the form of its answer, the names that it may use and its greatest size; so a save
needs to read neither question nor paper to refuse what does not fit (EXAM G3).
"""

from collections.abc import Mapping
from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum.assessment import responses
from lyceum.assessment.responses import Admission, ResponseFields
from lyceum.kit.errors import RuleViolation, rule_violation
from lyceum.model import AnswerSheet


def sheet_row(entry: Mapping[str, Any], place: int) -> dict[str, Any]:
    """Return what the answer sheet holds of a question of the paper before it is answered."""
    return {"place": place, **responses.admission(entry["type"], entry)._asdict(), "seq": 0}


def admitted(question_id: str, response: ResponseFields) -> Condition:
    """Return the condition under which a sheet admits a response."""
    given = response.admission()
    condition: Condition = (AnswerSheet.part(question_id, "form") == given.form) & (AnswerSheet.part(question_id, "most") >= given.most)
    for name in given.allowed:
        condition = condition & AnswerSheet.part(question_id, "allowed").contains(name)
    return condition


def refusal(row: Mapping[str, Any], response: ResponseFields) -> RuleViolation | None:
    """Say why a sheet's row does not admit a response; None when it does."""
    found = responses.refusal(Admission(row["form"], row["allowed"], int(row["most"])), response)
    return rule_violation(found.rule, found.message) if found else None
