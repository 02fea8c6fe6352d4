"""What books are kept beside the ledger: receipts, reports of settlement, and which providers answer."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class Receipt(Entity, discriminator="receipt"):
    """The receipt of a payment, written once and never changed; the buyer sees it.

    It holds no name: who the buyer is stands in the account while there is one. So it stays after erasure.

    - `number`: counted in the tenant, without gaps.
    - `lines`: what was bought and what was taken off: text and amount.
    - `seller`: the tenant's name at that time.
    """

    keys = Keys("RECEIPT#{payment_id}", "RECEIPT")
    noun = "receipt"

    payment_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    number = NumberAttribute()
    seller = UnicodeAttribute(null=True)
    issued_at = Moment()
    paid_at = Moment()
    currency = UnicodeAttribute()
    lines: Any = JSONAttribute()
    amount = NumberAttribute()
    tax = NumberAttribute(default=0)
    tax_name = UnicodeAttribute(null=True)
    tax_percent = UnicodeAttribute(null=True)
    provider = UnicodeAttribute()
    channel = UnicodeAttribute(null=True)


class ReceiptCounter(Entity, discriminator="receipt_counter"):
    """The number of the last receipt of a tenant."""

    keys = Keys("RECEIPTCOUNTER#all", "COUNTER")
    noun = "counter"

    last = NumberAttribute(default=0)


class SettlementReport(Entity, discriminator="settlement_report"):
    """What a provider says of one day, held against the ledger; staff who administer see it.

    - `charged`, `refunded`, `fees`: as the provider adds them up, by currency.
    - `differences`: kind (missing_here, missing_there, amount, state), reference and both amounts of each.
    """

    keys = Keys("SETTLEMENT#all", "{day}#{provider}")
    noun = "settlement report"

    day = UnicodeAttribute()
    provider = UnicodeAttribute()
    checked_at = Moment()
    charges = NumberAttribute(default=0)
    refunds = NumberAttribute(default=0)
    charged: Any = JSONAttribute(default=dict)
    refunded: Any = JSONAttribute(default=dict)
    fees: Any = JSONAttribute(default=dict)
    differences: Any = JSONAttribute(default=list)


class ProviderCircuit(Entity, discriminator="provider_circuit"):
    """Whether a provider answers; of the whole deployment, so it stands in the main tenant.

    - `failures`: calls in a row that brought no answer.
    - `opened_until`: nobody calls before; then one call tries.
    """

    keys = Keys("CIRCUIT#{provider}", "CIRCUIT")
    noun = "circuit"

    provider = UnicodeAttribute()
    failures = NumberAttribute(default=0)
    opened_at = Moment(null=True)
    opened_until = Moment(null=True)


class ProviderCharge(Entity, discriminator="provider_charge"):
    """Whose a provider's charge is: tenant and payment, for what a provider tells without our reference.

    It stands in the main tenant, holds ids alone and is shown to nobody.
    """

    keys = Keys("PROVIDERCHARGE#{provider}#{charge_id}", "CHARGE")
    noun = "charge"

    provider = UnicodeAttribute()
    charge_id = UnicodeAttribute()
    tenant_name = UnicodeAttribute()
    payment_id = UnicodeAttribute()
