"""What administrators see of models."""

from typing import Literal

from lyceum.kit.http import Schema
from lyceum.kit.http.schemas import Timestamp


class FigureView(Schema):
    """Something that was measured, and on which data."""

    name: str
    value: float
    data: str


class ModelView(Schema):
    """A model with its card.

    - `kind`: `trained` here from the tenant's own outcomes, `pretrained` elsewhere, `statistical`, or `prompted`, which
      goes through a language model.
    - `version`: of the method.
    - `modelVersion`: of a trained one, the number in use; 0 is what the product ships with.
    - `fallback`: what happens where it can not be asked.
    """

    model_id: str
    name: str
    kind: Literal["trained", "pretrained", "statistical", "prompted"]
    version: str
    model_version: int | None = None
    latest_version: int | None = None
    trained_at: Timestamp | None = None
    purpose: str
    data: str
    features: list[str]
    limits: str
    fallback: str
    figures: list[FigureView]


class ModelList(Schema):
    """Every model that there is."""

    models: list[ModelView]


class HeldOut(Schema):
    """Figures on held-out cases, each from 0 to 1 but for `logLoss`; `count` is of how many cases."""

    count: int
    positives: int
    accuracy: float
    precision: float
    recall: float
    f1_score: float
    auc: float
    log_loss: float
    calibration_error: float


class VersionView(Schema):
    """A version of a trained model; `compared` are the figures of the one that was in use, on the same cases."""

    model_version: int
    state: Literal["promoted", "rejected"]
    training_date: Timestamp
    training_count: int
    held_out: HeldOut
    compared: HeldOut


class ModelMetrics(Schema):
    """How well a model does: figures of the version in use, and those of every version that was made.

    `basis` is what `accuracy` to `f1Score` are of: the version in use (`trained`), or what the product ships with
    (`shipped`), on the data that `published` names; they are absent where neither was measured.
    """

    model_id: str
    model_version: int | None = None
    basis: Literal["trained", "shipped"] | None = None
    accuracy: float | None = None
    precision: float | None = None
    recall: float | None = None
    f1_score: float | None = None
    training_date: Timestamp | None = None
    features: list[str]
    published: list[FigureView]
    versions: list[VersionView]
