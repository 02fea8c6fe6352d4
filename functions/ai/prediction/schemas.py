"""What teachers ask about a student's chances, and get."""

from typing import Literal

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp


class PredictionQuery(Request):
    """Of which course.

    - `courseId`: a course that the caller teaches and the student learns in.
    """

    course_id: Id


class ReasonView(Schema):
    """What moves a chance most: a feature with its value, how much it adds (in logits), and what would change it."""

    feature: str
    value: float
    contribution: float
    text: str
    change: str | None = None


class ChanceView(Schema):
    """A chance from 0 to 1 with its three strongest reasons.

    - `basis`: `trained` on the tenant's own outcomes, or `shipped` weights that were fitted to nobody.
    - `modelVersion`: 0 is what the product ships with.
    """

    probability: float
    band: Literal["low", "middle", "high"]
    reasons: list[ReasonView]
    basis: Literal["trained", "shipped"]
    model_version: int
    trained_at: Timestamp | None = None


class Prediction(Schema):
    """What is thought of a student in a course, as of the course's last report; people decide what follows.

    - `success`: that the course is completed.
    - `dropout`: that the student does not come back for four weeks.
    """

    user_id: str
    course_id: str
    as_of: Timestamp
    success: ChanceView
    dropout: ChanceView
    limits: str
