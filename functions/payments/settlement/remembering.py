"""What is remembered of a payment: whose the charge is, and what its provider charges again by."""

from dataclasses import replace

from lyceum.kit import context
from lyceum.kit.identity import sealing
from lyceum.kit.table import Unit
from lyceum.model.payments.books import ProviderCharge
from lyceum.model.payments.orders import Customer, Payment
from lyceum.rules.providers.port import Outcome

AUTHORISATION = "payment-authorisation"


def purchase(unit: Unit, payment: Payment, customer: Customer, outcome: Outcome) -> None:
    """Count the purchase, and keep what its provider charges again by."""
    customer.purchases = int(customer.purchases) + 1
    if outcome.authorisation:
        sealed = sealing.encrypt(AUTHORISATION, outcome.authorisation)
        customer.authorisations = {**customer.authorisations, payment.provider: sealed}
    unit.save(customer)


def charge(unit: Unit, payment: Payment) -> None:
    """Write down whose the provider's charge is, for what is told without our reference."""
    if payment.provider_id:
        known = ProviderCharge(
            provider=payment.provider,
            charge_id=payment.provider_id,
            tenant_name=context.tenant(),
            payment_id=payment.payment_id,
        )
        with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
            unit.put(known)
