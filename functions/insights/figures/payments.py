"""Payments and refunds by product, country and cohort. What an event does not tell is read from its payment."""

from collections import Counter
from collections.abc import Sequence

from lyceum.events.payments import PaymentConfirmed, RefundMade, SubscriptionRenewed
from lyceum.kit import clock
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.insights.sales import CountryMonth, ProductMonth
from lyceum.model.payments.orders import Payment

from functions.insights.figures.travellers import Travellers

NOWHERE = "ZZ"
"""Where no country is known (a code that ISO 3166-1 leaves to users)."""
Paid = PaymentConfirmed | SubscriptionRenewed
Sums = Counter[tuple[str, str, str, str]]
"""By month, currency, product or country, and counter."""


def count_paid(events: Sequence[Paid], unit: Unit, travellers: Travellers) -> None:
    """Add payments to their products, countries and buyers (1 request)."""
    products, countries = Sums(), Sums()
    titles: dict[tuple[str, str, str], str] = {}
    for event, payment in zip(events, _payments(events), strict=True):
        month, product = clock.iso(event.at)[:7], _product(payment)
        country = str(payment.country) if payment and payment.country else travellers.country(event.user_id)
        titles[month, event.currency, product] = event.plan if isinstance(event, SubscriptionRenewed) else event.what
        products[month, event.currency, product, "orders"] += 1
        products[month, event.currency, product, "amount"] += event.amount_minor
        products[month, event.currency, product, "renewals"] += isinstance(event, SubscriptionRenewed)
        countries[month, event.currency, country or NOWHERE, "orders"] += 1
        countries[month, event.currency, country or NOWHERE, "amount"] += event.amount_minor
        countries[month, event.currency, country or NOWHERE, "newcomers"] += travellers.is_new_buyer(event.user_id)
        travellers.note(event.event_id, product=product, country=country or NOWHERE)
        travellers.pay(event.user_id, event.at, product, event.amount_minor, event.currency, country)
    _write_products(unit, products, titles)
    for month, currency, country in {key[:3] for key in countries}:
        changes = [
            getattr(CountryMonth, name).add(countries[month, currency, country, name])
            for name in ("orders", "amount", "newcomers")
        ]
        unit.change(CountryMonth.at(month=month, country=country, currency=currency), *changes, or_create=True)


def count_refunded(events: Sequence[RefundMade], unit: Unit, travellers: Travellers) -> None:
    """Add refunds to their products and take them off their buyers (1 request)."""
    products = Sums()
    for event, payment in zip(events, _payments(events), strict=True):
        month, product = clock.iso(event.at)[:7], _product(payment)
        products[month, event.currency, product, "refunds"] += 1
        products[month, event.currency, product, "refunded"] += event.amount_minor
        travellers.note(event.event_id, product=product)
        travellers.refund(event.user_id, event.amount_minor, event.currency, event.at)
    _write_products(unit, products, {})


def _payments(events: Sequence[Paid | RefundMade]) -> list[Payment | None]:
    names = list(dict.fromkeys(event.payment_id for event in events))
    found = batch_fetch([Payment.at(payment_id=name) for name in names])
    known = {name: item for name, item in zip(names, found, strict=True) if isinstance(item, Payment)}
    return [known.get(event.payment_id) for event in events]


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
