"""Figures of sellers and offers, folded in from what was sold, taken back and paid out.

A place on a board follows from its sums, so figures are read, added to and written on the condition that nobody else
did meanwhile.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lyceum.events.marketplace import OfferReturned, OfferSold, SellerPayoutEnded
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.marketplace.offers import Offer
from lyceum.model.marketplace.sellers import SellerFigures

from functions.marketplace.sellers.statements import EVER

_Name = tuple[str, str, str]


@dataclass
class _Growth:
    """What is added to figures, by seller, period and currency, and to the sales of offers."""

    figures: dict[_Name, dict[str, int]] = field(default_factory=dict)
    offers: dict[str, int] = field(default_factory=dict)

    def add(self, seller_id: str, periods: Iterable[str], currency: str, **values: int) -> None:
        for period in periods:
            into = self.figures.setdefault((seller_id, period, currency), {})
            for name, value in values.items():
                into[name] = into.get(name, 0) + value

    def write(self, unit: Unit) -> None:
        """Add all of it to a unit (1 request to read)."""
        names = [
            SellerFigures.at(seller_id=seller_id, period=period, currency=currency)
            for seller_id, period, currency in self.figures
        ]
        found = batch_fetch(names, consistent=True) if names else []
        for (seller_id, period, currency), values, known in zip(
            self.figures, self.figures.values(), found, strict=True
        ):
            fresh = SellerFigures(seller_id=seller_id, period=period, currency=currency)
            figures = known if isinstance(known, SellerFigures) else fresh
            for name, value in values.items():
                setattr(figures, name, int(getattr(figures, name)) + value)
            unit.save(figures)
        for offer_id, sales in self.offers.items():
            if sales:
                unit.change(Offer.at(offer_id=offer_id), Offer.sales.add(sales))


def count_sales(events: Sequence[OfferSold], unit: Unit) -> None:
    """Add to a unit what a batch of sales adds."""
    growth = _Growth()
    for event in events:
        growth.add(
            event.seller_id, (EVER, f"{event.at:%Y-%m}"), event.currency,
            sales=1, gross=event.gross, earned=event.earned, commission=event.commission,
        )  # fmt: skip
        growth.offers[event.offer_id] = growth.offers.get(event.offer_id, 0) + 1
    growth.write(unit)


def count_returns(events: Sequence[OfferReturned], unit: Unit) -> None:
    """Add to a unit what a batch of returns takes off, in the month in which money went back."""
    growth = _Growth()
    for event in events:
        growth.add(
            event.seller_id, (EVER, f"{event.at:%Y-%m}"), event.currency,
            returns=int(event.is_whole), returned=event.returned, taken_back=event.taken_back,
            commission=event.taken_back - event.returned,
        )  # fmt: skip
        if event.is_whole:
            growth.offers[event.offer_id] = growth.offers.get(event.offer_id, 0) - 1
    growth.write(unit)


def count_payouts(events: Sequence[SellerPayoutEnded], unit: Unit) -> None:
    """Add to a unit what a batch of payouts that arrived adds."""
    growth = _Growth()
    for event in events:
        if event.is_paid:
            growth.add(event.seller_id, (EVER, f"{event.at:%Y-%m}"), event.currency, paid_out=event.amount)
    growth.write(unit)
