"""Payments and refunds by product, country and cohort. What an event does not tell is read from its payment."""

from collections import Counter
from collections.abc import Sequence

from lyceum.events.payments import PaymentConfirmed, RefundMade, SubscriptionRenewed
from lyceum.kit import clock
from lyceum.kit.table import Unit, batch_fetch
from lyceum.kit.values.countries import NOWHERE, SOURCES, Source, of_person
from lyceum.model.insights.sales import CountryMonth, ProductMonth
from lyceum.model.payments.orders import Payment
from lyceum.model.users.account import User

from functions.insights.figures.travellers import Travellers

Paid = PaymentConfirmed | SubscriptionRenewed
Sums = Counter[tuple[str, str, str, str]]
"""By month, currency, product or country, and counter."""


def count_paid(events: Sequence[Paid], unit: Unit, travellers: Travellers) -> None:
    """Add payments to their products, countries and buyers (1 request)."""
    products, countries = Sums(), Sums()
    titles: dict[tuple[str, str, str], str] = {}
    paid, people = _read(events)
    for event, payment in zip(events, paid, strict=True):
        month, product = clock.iso(event.at)[:7], _product(payment)
        country, source = _country(payment, people.get(event.user_id), travellers.country(event.user_id))
        titles[month, event.currency, product] = event.plan if isinstance(event, SubscriptionRenewed) else event.what
        products[month, event.currency, product, "orders"] += 1
        products[month, event.currency, product, "amount"] += event.amount_minor
        products[month, event.currency, product, "renewals"] += isinstance(event, SubscriptionRenewed)
        countries[month, event.currency, country, "orders"] += 1
        countries[month, event.currency, country, f"by_{source}"] += 1
        countries[month, event.currency, country, "amount"] += event.amount_minor
        countries[month, event.currency, country, "newcomers"] += travellers.is_new_buyer(event.user_id)
        travellers.note(event.event_id, product=product, country=country)
        known = None if country == NOWHERE else country
        travellers.pay(event.user_id, event.at, product, event.amount_minor, event.currency, known)
    _write_products(unit, products, titles)
    for month, currency, country in {key[:3] for key in countries}:
        changes = [
            getattr(CountryMonth, name).add(countries[month, currency, country, name])
            for name in ("orders", "amount", "newcomers", *(f"by_{source}" for source in SOURCES))
        ]
        unit.change(CountryMonth.at(month=month, country=country, currency=currency), *changes, or_create=True)


def count_refunded(events: Sequence[RefundMade], unit: Unit, travellers: Travellers) -> None:
    """Add refunds to their products and take them off their buyers (1 request)."""
    products = Sums()
    paid, _people = _read(events)
    for event, payment in zip(events, paid, strict=True):
        month, product = clock.iso(event.at)[:7], _product(payment)
        products[month, event.currency, product, "refunds"] += 1
        products[month, event.currency, product, "refunded"] += event.amount_minor
        travellers.note(event.event_id, product=product)
        travellers.refund(event.user_id, event.amount_minor, event.currency, event.at)
    _write_products(unit, products, {})


def _read(events: Sequence[Paid | RefundMade]) -> tuple[list[Payment | None], dict[str, User]]:
    """Return the payment of each event, and their buyers."""
    names = list(dict.fromkeys(event.payment_id for event in events))
    buyers = list(dict.fromkeys(event.user_id for event in events))
    found = batch_fetch([*(Payment.at(payment_id=name) for name in names), *(User.at(user_id=name) for name in buyers)])
    known = {name: item for name, item in zip(names, found, strict=False) if isinstance(item, Payment)}
    people = {name: item for name, item in zip(buyers, found[len(names) :], strict=True) if isinstance(item, User)}
    return [known.get(event.payment_id) for event in events], people


def _country(payment: Payment | None, buyer: User | None, earlier: str | None) -> tuple[str, Source]:
    return of_person(
        edge=payment.seen_in if payment else None,
        billing=payment.country if payment else None,
        profile=buyer.profile.get("country") if buyer else None,
        earlier=earlier,
    )


def _product(payment: Payment | None) -> str:
    return str(payment.product) if payment else "unknown"


def _write_products(unit: Unit, sums: Sums, titles: dict[tuple[str, str, str], str]) -> None:
    for month, currency, product in {key[:3] for key in sums}:
        changes = [
            getattr(ProductMonth, key[3]).add(amount)
            for key, amount in sums.items()
            if key[:3] == (month, currency, product)
        ]
        title = titles.get((month, currency, product))
        named = [ProductMonth.title.set(title)] if title else []
        product_month = ProductMonth.at(month=month, currency=currency, product=product)
        unit.change(product_month, *changes, *named, or_create=True)
