"""What is sent and got of keys that the answers speak against."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp

from functions.exams.attempts.schemas import Reason
from functions.exams.papers.policies import Id


class SuspectedKey(Schema):
    """A question whose key the answers speak against.

    - `option`: what better candidates took than took the key, or more of them.
    - `tookIt`, `tookKey`: how many did.
    - `discrimination`: of the key, from -1 to 1.
    - `ruling`: what a person decided.
    """

    question_id: str
    option: str
    took_it: int
    took_key: int
    discrimination: Decimal
    ruling: Literal["kept", "corrected"] | None = None


class KeyReviewView(Schema):
    """The review of an assessment's keys before its results are told.

    - `state`: `off` where none is asked for, `awaited` until the window is over, `clear`, `held` while results wait for
      a person, `ruled` after that.
    - `takers`: the first attempts that it was judged by.
    """

    assessment_id: str
    state: Literal["off", "awaited", "clear", "held", "ruled"]
    takers: int
    suspects: list[SuspectedKey]
    ruled_at: Timestamp | None = None


class KeyRuling(Request):
    """What was decided of a suspected key: it is right and `kept`, or a regrade has `corrected` what came of it."""

    question_id: Id
    ruling: Literal["kept", "corrected"]


class RuleOnKeys(Request):
    """A decision on each suspected key; the results are released by it, so regrade first what has to be.

    - `reason`: kept in the audit log.
    """

    rulings: Annotated[list[KeyRuling], Field(min_length=1, max_length=200)]
    reason: Reason
