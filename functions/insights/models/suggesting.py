"""What is suggested to a user: what goes with what they have, and else what many have."""

from lyceum.kit.table import batch_fetch
from lyceum.model.courses.course import Course
from lyceum.model.insights.journeys import Journey, TrainedModel

from functions.insights.models import baskets
from functions.insights.models.schemas import SuggestedItem, Suggestions
from functions.insights.models.showing import told

_SUGGESTED = 10


def suggestions(user_id: str) -> Suggestions:
    """Return courses and products that a user does not have (2 requests); courses are those that are published."""
    names = (Journey.at(user_id=user_id), TrainedModel.at(name="courses"), TrainedModel.at(name="basket"))
    journey, *found = batch_fetch(names)
    courses, products = (each if isinstance(each, TrainedModel) else None for each in found)
    held = journey if isinstance(journey, Journey) else None
    latest = max((each for each in (courses, products) if each), key=lambda each: each.trained_at, default=None)
    return Suggestions(
        **told(latest),
        items=[
            *_published(_of("course", courses, held.courses if held else [])),
            *_of("product", products, held.products if held else []),
        ],
    )


def _of(kind: str, model: TrainedModel | None, held: list[str]) -> list[SuggestedItem]:
    if model is None:
        return []
    wanted = baskets.suggest(model.values["near"], model.values["popular"], held, _SUGGESTED)
    return [
        SuggestedItem.model_validate({"id": name, "kind": kind, "score": score, "because_of": cause})
        for name, score, cause in wanted
    ]


def _published(items: list[SuggestedItem]) -> list[SuggestedItem]:
    """Return those of the courses that may be taken, with their titles."""
    found = batch_fetch([Course.at(course_id=item.id) for item in items]) if items else []
    courses = [each for each in found if isinstance(each, Course) and each.status == "published"]
    titles = {str(each.course_id): str(each.title) for each in courses}
    return [item.model_copy(update={"title": titles[item.id]}) for item in items if item.id in titles]
