"""What callers of anomalies send and get."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Timestamp

from functions.insights.schemas import Figures


class AnomaliesQuery(Request):
    """Which callers.

    - `hour`: of that hour (UTC), such as `2027-01-11T09`; the present one without it. Hours are kept for a week.
    - `only`: `anomalous` ones, or `all` busy ones.
    """

    hour: Annotated[str | None, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])-\d{2}T([01]\d|2[0-3])$")] = None
    only: Literal["anomalous", "all"] = "all"


class LiftQuery(Request):
    """What becomes of the address.

    - `allow`: whether it is never refused for ninety days, instead of being judged like any other again.
    """

    allow: bool = False


class CallerView(Schema):
    """A busy address in an hour, and how far it is from the others."""

    address: str
    calls: int
    refused: int
    denied: int
    limited: int
    failed: int
    score: Annotated[float, Field(description="Modified z-score; from 3.5 on it is an outlier.")]
    pattern: Annotated[str | None, Field(description="What its traffic looks like, if like anything.")] = None
    is_anomalous: bool


class BanView(Schema):
    """An address that was warned, is refused, was forgiven or always passes."""

    address: str
    state: Literal["warned", "banned", "lifted", "allowed"]
    strikes: int
    pattern: str | None = None
    until: Timestamp
    is_active: Annotated[bool, Field(description="Whether the state holds at this moment.")]


class Anomalies(Figures):
    """Busy addresses of an hour by their scores, and addresses that are watched."""

    hour: str
    callers: list[CallerView]
    patterns: Annotated[dict[str, int], Field(description="How many addresses look like what.")]
    bans: list[BanView]
