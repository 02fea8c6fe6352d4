"""The hourly look at orders that are open and refunds that are on their way, whoever forgot to tell."""

from lyceum.kit import clock
from lyceum.kit.table import Unit
from lyceum.model.payments.orders import OPEN_STATES, Payment
from lyceum.rules.providers.port import ProviderDown

from functions.payments.orders import listening
from functions.payments.settlement.settling import LOOK_AGAIN, give_up, is_late


def look(payment_id: str) -> None:
    """Ask a payment's provider what has become of it; one that waited long enough is over.

    Where the provider does not answer nothing is decided, and it is asked again in an hour.
    """
    payment = Payment.fetch(payment_id=payment_id, consistent=True)
    if payment is None:
        return
    try:
        payment = listening.ask(payment)
    except ProviderDown:
        _put_off(payment_id)
        return
    if payment.state not in OPEN_STATES:
        return
    if is_late(payment, clock.now()):
        give_up(payment_id)
    else:
        _put_off(payment_id)


def _put_off(payment_id: str) -> None:
    """Have a payment that is still open looked at in an hour."""
    payment = Payment.fetch(payment_id=payment_id, consistent=True)
    if payment is not None and payment.state in OPEN_STATES:
        payment.due_at = clock.now() + LOOK_AGAIN
        Unit().replace(payment).commit()
