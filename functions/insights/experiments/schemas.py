"""What callers of experiments send and get."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.values.text import Line

from functions.insights.schemas import Figures

Goal = Literal["verified", "enrolled", "studied", "paid", "completed"]
Guardrail = Literal["left", "refunded"]
FlagName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,59}$")]


class VariantShare(Request):
    """A variant and its weight among the others."""

    name: FlagName
    weight: Annotated[int, Field(ge=1, le=100)] = 1


class CreateExperiment(Request):
    """An experiment that begins at once: which variants are compared, by what, and for how long."""

    name: Line
    hypothesis: Line | None = None
    flag: Annotated[
        FlagName,
        Field(description="A feature flag of this name and these variants parts users in the same way."),
    ]
    variants: Annotated[list[VariantShare], Field(min_length=2, max_length=5)] = [
        VariantShare(name="control"),
        VariantShare(name="treatment"),
    ]
    goal: Annotated[Goal, Field(description="What users are to reach after they were there.")]
    guardrails: Annotated[list[Guardrail], Field(max_length=2)] = []
    effect: Annotated[
        float, Field(ge=0.001, le=0.5, description="The smallest difference of shares that matters, such as 0.02.")
    ] = 0.02
    days: Annotated[int, Field(ge=1, le=90)] = 28


class ExperimentView(Schema):
    """An experiment."""

    test_id: str
    name: str
    hypothesis: str | None = None
    flag: str
    variants: list[dict[str, object]]
    goal: str
    guardrails: list[str]
    effect: float
    starts_at: Timestamp
    ends_at: Timestamp
    is_running: bool


class ArmView(Schema):
    """A variant against the first one; p-value and bounds hold whenever one looks."""

    variant: str
    users: int
    reached: int
    share: float
    effect: Annotated[float | None, Field(description="Difference to the share of the first variant.")] = None
    low: float | None = None
    high: float | None = None
    p_value: Annotated[float | None, Field(description="Always valid, corrected for several variants.")] = None
    verdict: Literal["baseline", "better", "worse", "open"]


class GuardrailView(Schema):
    """What must not become more frequent, of one variant."""

    guardrail: str
    variant: str
    share: float
    effect: float
    p_value: float
    is_broken: Annotated[bool, Field(description="It became more frequent, and not by chance.")]


class ExperimentResults(Figures):
    """What came of an experiment so far."""

    experiment: ExperimentView
    arms: list[ArmView]
    guardrails: list[GuardrailView]
    sample_p_value: Annotated[float, Field(description="How likely such numbers of users are, by the weights.")]
    is_trusted: Annotated[bool, Field(description="Off where users are not parted as they should be.")]
