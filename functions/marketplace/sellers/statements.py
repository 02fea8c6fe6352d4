"""What a seller sold and is owed: figures folded from events, balances of the books, lines of a statement."""

from collections.abc import Sequence
from typing import Any

from lyceum.kit import clock
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, batch_fetch, fetch_partition, find
from lyceum.kit.values.money import Money
from lyceum.model.marketplace.sellers import Seller, SellerFigures, SellerLine
from lyceum.model.payouts import PayoutAccount
from lyceum.rules.ledger import booking
from lyceum.rules.payouts import accounts

from functions.marketplace.sellers import profiles
from functions.marketplace.sellers.schemas import (
    BalanceView,
    Board,
    BoardQuery,
    FiguresView,
    LineView,
    PlaceView,
    SellerStats,
    StatementQuery,
)

EVER = "all"


def stats(caller: Principal, seller_id: str) -> SellerStats:
    """Show a seller's figures by period, and what they are owed by the books (2 requests); raises NotFound."""
    profiles.require_self(caller, seller_id)
    figures = [each for each in fetch_partition(SellerFigures, seller_id=seller_id) if isinstance(each, SellerFigures)]
    currencies = sorted({str(each.currency) for each in figures})
    names: list[Any] = []
    for currency in currencies:
        names += [booking.named(account, currency) for account in accounts_of(seller_id)]
        names.append(PayoutAccount.at(user_id=seller_id, currency=currency))
    found = batch_fetch(names, consistent=True) if names else []
    rows = [found[3 * place : 3 * place + 3] for place in range(len(currencies))]
    return SellerStats(
        seller_id=seller_id,
        figures=[_figures(each) for each in sorted(figures, key=_latest_first)],
        balances=[_balance(seller_id, currency, row) for currency, row in zip(currencies, rows, strict=True)],
        accounts=[accounts.view(each) for _, _, each in rows if isinstance(each, PayoutAccount)],
    )


def accounts_of(seller_id: str) -> tuple[str, str]:
    """Return the accounts of what a seller is owed and of what they owe."""
    return f"seller:{seller_id}", f"seller_debt:{seller_id}"


def _latest_first(figures: SellerFigures) -> tuple[str, int]:
    month = "9999-99" if figures.period == EVER else str(figures.period)
    return str(figures.currency), -int(month.replace("-", ""))


def _balance(seller_id: str, currency: str, row: Sequence[Any]) -> BalanceView:
    owed, debt = (
        booking.standing_of(account, found) for account, found in zip(accounts_of(seller_id), row[:2], strict=True)
    )
    return BalanceView(
        owed=Money(amount=owed, currency=currency), debt=Money(amount=debt, currency=currency) if debt else None
    )


def _figures(found: SellerFigures) -> FiguresView:
    def money(amount: float) -> Money:
        return Money(amount=int(amount), currency=found.currency)

    return FiguresView(
        period=found.period,
        sales=int(found.sales),
        returns=int(found.returns),
        net=money(found.gross - found.returned),
        earned=money(found.earned - found.taken_back),
        commission=money(found.commission),
        paid_out=money(found.paid_out),
    )


def lines(caller: Principal, seller_id: str, query: StatementQuery) -> Slice[SellerLine]:
    """Read a page of a seller's statement, in its order (1 request); raises NotFound."""
    profiles.require_self(caller, seller_id)
    return find(
        SellerLine,
        seller_id=seller_id,
        limit=query.limit,
        after=query.start_key(),
        from_sort=query.month or "0",
        to_sort=f"{query.month or ''}~",
    )


def line(found: SellerLine) -> LineView:
    """Show a line of a statement."""
    return LineView(
        booked_at=found.booked_at,
        cause=found.cause,
        amount=Money(amount=int(found.amount), currency=found.currency),
        subject_id=found.subject_id,
        product_id=found.offer_id,
        what=found.title,
    )


def board(query: BoardQuery) -> Board:
    """Show who sold most in a period (2 requests); sellers who are gone leave their place."""
    period = query.period or f"{clock.now():%Y-%m}"
    found = find(SellerFigures, index="gsi1", board=f"{period}#{query.currency}", limit=query.limit).items
    sellers = batch_fetch([Seller.at(user_id=each.seller_id) for each in found]) if found else []
    places = [
        PlaceView(
            place=place,
            seller_id=seller.user_id,
            name=seller.name,
            headline=seller.headline,
            sales=max(0, int(each.sales) - int(each.returns)),
        )
        for place, (each, seller) in enumerate(zip(found, sellers, strict=True), 1)
        if isinstance(seller, Seller)
    ]
    return Board(period=period, currency=query.currency, sellers=places)
