"""What models say, as it is shown: each answer with the model's card, or that there is none yet."""

from datetime import date
from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import NotFound
from lyceum.kit.table import batch_fetch
from lyceum.model.insights.activity import SeenUser
from lyceum.model.insights.journeys import Journey, TrainedModel

from functions.insights.models import behaviour, churn, lifetime
from functions.insights.models.learning import AHEAD
from functions.insights.models.schemas import (
    Basket,
    BasketQuery,
    BasketRule,
    Behaviour,
    Churn,
    CurrencyValue,
    Lifetime,
    ModelCard,
    RiskClass,
    ValueSegment,
)
from functions.insights.models.tally import features
from functions.insights.schemas import SMALL

_LOW, _HIGH = 0.3, 0.6
_NIGHTLY = "Learnt anew each night of this tenant's own figures; the card says of which."


def told(model: TrainedModel | None) -> dict[str, Any]:
    """Return what every answer says of its model."""
    common: dict[str, Any] = {"as_of": clock.now(), "definition": _NIGHTLY, "is_trained": model is not None}
    if model is not None:
        card = ModelCard.model_validate(model.card)
        common |= {"trained_at": model.trained_at, "sample": int(model.sample), "card": card}
    return common


def basket(query: BasketQuery) -> Basket:
    """Return what goes together (1 request)."""
    model = TrainedModel.fetch(name="courses" if query.of == "courses" else "basket")
    if model is None:
        return Basket(**told(model), of=query.of)
    rules = [BasketRule.model_validate(rule) for rule in model.values["rules"]]
    kept = [rule for rule in rules if rule.confidence >= query.least_confidence][: query.number]
    return Basket(**told(model), of=query.of, baskets=model.values["baskets"], rules=kept)


def lifetime_value() -> Lifetime:
    """Return what buyers will yet buy (1 request)."""
    model = TrainedModel.fetch(name="lifetime")
    if model is None:
        return Lifetime(**told(model))
    values = model.values
    yearly = values["expected"][str(AHEAD[-1])] / values["buyers"]
    return Lifetime(
        **told(model),
        buyers=values["buyers"],
        repeaters=values["repeaters"],
        alive=values["alive"],
        expected=values["expected"],
        parameters=values["buying"],
        segments=[ValueSegment.model_validate(each) for each in values["segments"]],
        currencies=[
            CurrencyValue(
                currency=each["currency"],
                repeaters=each["repeaters"],
                purchase=each["purchase"],
                lifetime=round(yearly * each["purchase"]),
            )
            for each in values["currencies"]
        ],
    )


def leaving() -> Churn:
    """Return who will not come back, by class (1 request)."""
    model = TrainedModel.fetch(name="churn")
    if model is None:
        return Churn(**told(model))
    risks, present = model.values["risks"], model.values["present"]
    average = sum(risks.values()) / len(risks)
    classes = [_class(name, users, risks.get(name, average)) for name, users in present.items()]
    return Churn(
        **told(model),
        users=sum(present.values()),
        gone=model.values["gone"],
        expected_losses=round(sum(users * risks.get(name, average) for name, users in present.items()), 1),
        classes=sorted(classes, key=lambda each: -each.risk),
    )


def _class(name: str, users: int, risk: float) -> RiskClass:
    last, often = churn.words_of(name)
    level = "low" if risk < _LOW else "high" if risk >= _HIGH else "middle"
    is_small = users < SMALL
    return RiskClass.model_validate(
        {
            "last_there": last, "how_often": often, "users": None if is_small else users, "risk": risk,
            "level": level, "is_hidden": is_small,
        }
    )  # fmt: skip


def behaviour_of(user_id: str) -> Behaviour:
    """Return a user's figures and what models say of them (1 request); raises NotFound for one nothing is known of."""
    names = (
        Journey.at(user_id=user_id), SeenUser.at(user_id=user_id),
        *(TrainedModel.at(name=name) for name in ("behaviour", "churn", "lifetime")),
    )  # fmt: skip
    journey, seen, kinds, leaving_model, buying = batch_fetch(names)
    today = clock.now().date()
    journey = journey if isinstance(journey, Journey) else None
    seen = seen if isinstance(seen, SeenUser) else None
    if journey is None and seen is None:
        raise NotFound("Nothing is known of such a user.")
    model = kinds if isinstance(kinds, TrainedModel) else None
    figures = features(journey, seen, today.toordinal())
    found = behaviour.Kinds(**model.values) if model else None
    number = found.nearest(behaviour.row_of(figures)) if found and seen else None
    return Behaviour(
        **told(model),
        user_id=user_id,
        features=figures,
        kind=number,
        kind_words=found.words(number) if found and number is not None else None,
        risk=_risk(leaving_model, seen, today),
        **_purchases(buying, journey, today),
    )


def _risk(model: Any, seen: SeenUser | None, today: date) -> float | None:
    name = churn.class_of([int(day) for day in seen.days], today.toordinal()) if seen else None
    found: float | None = model.values["risks"].get(name) if model and name else None
    return found


def _purchases(model: Any, journey: Journey | None, today: date) -> dict[str, float]:
    if model is None or journey is None or journey.first_day is None:
        return {}
    fitted = lifetime.Buying(**model.values["buying"])
    first, last = int(journey.first_day), int(journey.last_day)
    buyer = int(journey.repeats), (last - first) / 7, max(today.toordinal() - first, last - first) / 7
    return {
        "expected_purchases": round(fitted.expected(AHEAD[-1], *buyer), 3),
        "alive": round(fitted.alive(*buyer), 4),
    }
