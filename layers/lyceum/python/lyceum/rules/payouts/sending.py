"""Sending payouts: a provider is asked to pay once, and after that is only asked what became of it.

That it is about to be asked is written down first. So a worker that dies, a message that comes twice and an answer that
is lost all lead to asking, and none to sending again.
"""

from datetime import timedelta

from lyceum.kit import clock, context
from lyceum.kit.identity import sealing
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.kit.values.money import Money
from lyceum.model.payouts import Payout
from lyceum.rules.ledger.booking import BookedAlready, book, credit, debit
from lyceum.rules.payouts import purposes
from lyceum.rules.payouts.accounts import RECIPIENT
from lyceum.rules.payouts.schemas import PayoutView
from lyceum.rules.providers.port import ProviderDown, ProviderRefused, Transfer, TransferOutcome
from lyceum.rules.providers.registry import circuit_of, reached
from lyceum.tasks.notifications import DeliverNotice

UNHEARD_OF = timedelta(days=3)
"""A provider that answers and knows nothing of a payout after so long has not made it; it is its owner's again."""
_TRIES = 8


def send(payee_id: str, payout_id: str) -> None:
    """Ask a provider to pay, or what became of it; where it does not answer, it is asked again in an hour."""
    payout = Payout.fetch(payee_id=payee_id, payout_id=payout_id, consistent=True)
    if payout is None or payout.state in {"paid", "failed"}:
        return
    is_first = payout.state == "ordered"
    try:
        with reached(payout.provider, circuit_of(payout.provider)) as provider:
            if is_first:
                _note_sending(payout)
                told = provider.transfer(_transfer(payout))
            else:
                told = provider.look_up_transfer(_reference(payout))
    except ProviderRefused as refusal:
        if not is_first:
            return
        told = TransferOutcome("failed", failure=refusal.code)
    except ProviderDown:
        _look_again(payout)
        return
    conclude(payee_id, payout_id, told)


def _note_sending(payout: Payout) -> None:
    """Write down that a provider is about to be asked; who comes second is refused, and asks in an hour."""
    payout.state, payout.sent_at = "sending", clock.now()
    Unit().replace(payout).commit()


def _look_again(payout: Payout) -> None:
    payout.due_day = f"{clock.now():%Y-%m-%d}"
    Unit().replace(payout).commit()


def _reference(payout: Payout) -> str:
    return f"{context.tenant()}-{payout.payout_id}"


def _transfer(payout: Payout) -> Transfer:
    return Transfer(
        reference=_reference(payout),
        amount=int(payout.amount),
        currency=payout.currency,
        recipient=sealing.decrypt(RECIPIENT, payout.recipient),
        title="Payout",
    )


def conclude(payee_id: str, payout_id: str, told: TransferOutcome) -> None:
    """Act upon what a provider says of a payout; again, nothing more happens."""
    retry_on_conflict(lambda: _conclude(payee_id, payout_id, told), tries=_TRIES, on=(BookedAlready,))


def _conclude(payee_id: str, payout_id: str, told: TransferOutcome) -> None:
    payout = Payout.require(payee_id=payee_id, payout_id=payout_id, consistent=True)
    if payout.state in {"paid", "failed"}:
        return
    now = clock.now()
    payout.provider_id = told.provider_id or payout.provider_id
    if told.state == "done":
        _end(payout, "paid", "")
    elif told.state == "failed" or (told.state == "unknown" and now - payout.sent_at >= UNHEARD_OF):
        _end(payout, "failed", told.failure or "unknown")
    else:
        payout.state = "sent" if told.state == "sent" else payout.state
        _look_again(payout)


def _end(payout: Payout, state: str, failure: str) -> None:
    """Write down how a payout ended, with its entry: the money has left the provider, or is its owner's again."""
    payout.state, payout.ended_at, payout.due_day, payout.failure = state, clock.now(), None, failure or None
    amount, currency, is_paid = int(payout.amount), str(payout.currency), state == "paid"
    notice = DeliverNotice(
        kind=purposes.kind_of_notice(payout, is_paid=is_paid),
        user_ids=[payout.payee_id],
        data={"payoutId": payout.payout_id, "amount": str(Money(amount=amount, currency=currency))},
    )
    unit = Unit().replace(payout, *purposes.told_at_end(payout, is_paid=is_paid), notice)
    back_to = f"provider.{payout.provider}" if is_paid else purposes.account_of(payout)
    book(unit, payout.payout_id, state, [debit("payout", amount, currency), credit(back_to, amount, currency)])
    if not is_paid:
        purposes.note_line(unit, payout, "payout_failed", amount)
    unit.commit()


def view(payout: Payout) -> PayoutView:
    """Show a payout to its owner."""
    return PayoutView(
        payout_id=payout.payout_id,
        amount=Money(amount=int(payout.amount), currency=payout.currency),
        provider=payout.provider,
        hint=payout.hint,
        state=payout.state,
        failure=payout.failure,
        created_at=payout.created_at,
        sent_at=payout.sent_at,
        ended_at=payout.ended_at,
    )
