"""Piles: the cards of an exam, kept together until their student looks for cards.

Most who sit an exam never open the queue of reviews, and a pile costs a fiftieth of its cards. Once somebody looks, the
piles are spread: each card is stored as it would have been at once. Who reads cards spreads the piles first, or reads
them too.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import partial

from lyceum.kit.errors import Conflict
from lyceum.kit.table import ConditionFailed, Unit, batch_fetch, retry_on_conflict
from lyceum.model.study.learners import Learner
from lyceum.model.study.reviews import ReviewCard, ReviewPile

MOST_CARDS = 80
"""Of one pile: it is spread in one transaction, which holds 100 writes."""
_MOST_PILES = 20
_TRIES = 5


def has_room(learner: Learner) -> bool:
    """Say whether another exam may be piled; those who look for no cards for long have their later ones stored."""
    return len(learner.piles or ()) < _MOST_PILES


def has_of(learner: Learner, exam_id: str) -> bool:
    """Say whether cards of an exam wait in a pile."""
    return any(name.startswith(f"{exam_id}.") for name in learner.piles or ())


def lay(
    unit: Unit, learner: Learner, exam_id: str, number: int, cards: Sequence[ReviewCard], graded_at: datetime
) -> None:
    """Add a pile of new cards to a unit that stores the learner, who names it from then on."""
    pile = ReviewPile.of(learner.user_id, exam_id, number, cards, graded_at)
    unit.create(pile)
    learner.piles = {*(learner.piles or ()), pile.name}


def make_way(learner: Learner, question_ids: AbstractSet[str]) -> bool:
    """Spread those piles that hold cards of questions which are about to be graded; say whether there were any."""
    concerned = [pile for pile in read(learner) if not question_ids.isdisjoint(row[0] for row in pile.rows)]
    spread_some(concerned)
    return bool(concerned)


def read(learner: Learner) -> list[ReviewPile]:
    """Read a learner's piles (1 request, none where there are none)."""
    names = [ReviewPile.named(learner.user_id, name) for name in sorted(learner.piles or ())]
    found = batch_fetch(names, consistent=True) if names else []
    return [pile for pile in found if isinstance(pile, ReviewPile)]


def spread(learner: Learner) -> list[ReviewCard]:
    """Store the cards of a learner's piles, each once whoever else does it too, and return them."""
    return spread_some(read(learner))


def spread_some(piles: Iterable[ReviewPile]) -> list[ReviewCard]:
    """Store the cards of some piles and return them (2 requests a pile)."""
    return [card for pile in piles for card in retry_on_conflict(partial(_spread, pile), tries=_TRIES)]


def _spread(pile: ReviewPile) -> list[ReviewCard]:
    """Store those cards of a pile that are not stored: who graded a question meanwhile has its card."""
    cards = pile.cards()
    stored = batch_fetch(cards, consistent=True)
    unit = Unit().remove(pile, when=ReviewPile.pk.exists())
    for card, known in zip(cards, stored, strict=True):
        if known is None:
            unit.create(card, refuse=Conflict("This was reviewed meanwhile.", code="EDIT_CONFLICT"))
    unit.change(Learner.at(user_id=pile.user_id), Learner.piles.delete({pile.name}))
    try:
        unit.commit()
    except ConditionFailed:  # another request spread it
        return [card for card in batch_fetch(cards, consistent=True) if isinstance(card, ReviewCard)]
    return [known if isinstance(known, ReviewCard) else card for card, known in zip(cards, stored, strict=True)]
