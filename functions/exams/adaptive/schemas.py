"""What callers of adaptive exams get beside what every exam shows."""

from lyceum.kit.http.schemas import Schema


class AdaptiveView(Schema):
    """How far an adaptive session is: questions asked of at most so many, and how sure the estimate is, in logits.

    `ability` is told once it is complete: the standard error is 0.30 or less, all were asked, or none is left.
    """

    asked: int
    most: int
    is_complete: bool
    standard_error: float | None = None
    ability: float | None = None
