"""The ledger: entries that are never changed, what stands on each account, and what each day closed with.

Amounts are whole minor units; a debit is positive, a credit negative.
"""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class LedgerEntry(Entity, discriminator="ledger_entry"):
    """One transaction of the books, written once; its legs add up to zero in each currency.

    Staff who administer see it; it names people by their ids alone, so erasure leaves it as the tax record that it is.

    - `subject_id`: what it is about, such as a payment.
    - `cause`: why, once for each subject: `paid`, `refund:{id}`, `reversal:paid`.
    - `legs`: account, amount and currency of each.
    - `day`: the day (UTC) on which it was booked.
    """

    keys = Keys(
        "LEDGER#{subject_id}",
        "{cause}",
        gsi1=Index("LEDGERDAY#{day}", "{booked_at}#{subject_id}#{cause}"),
    )
    noun = "ledger entry"

    subject_id = UnicodeAttribute()
    cause = UnicodeAttribute()
    day = UnicodeAttribute()
    booked_at = Moment()
    legs: Any = JSONAttribute()


class ControlBalance(Entity, discriminator="control_balance"):
    """What stands on an account of the chart in one currency; folded in from entries, so no request waits for it.

    Accounts of people are one account here. Staff who administer see it.
    """

    keys = Keys("LEDGERBALANCE#all", "{currency}#{account}")
    noun = "balance"

    account = UnicodeAttribute()
    currency = UnicodeAttribute()
    debit = NumberAttribute(default=0)
    credit = NumberAttribute(default=0)


class PersonalBalance(Entity, discriminator="personal_balance"):
    """What stands on the account of one person, which can run dry: it changes with the entry, on a condition.

    Nobody sees it but through what it pays for. It names somebody by id alone and stays after erasure.
    """

    keys = Keys("LEDGERPERSON#{account}", "{currency}")
    noun = "balance"

    account = UnicodeAttribute()
    currency = UnicodeAttribute()
    balance = NumberAttribute(default=0)


class LedgerClose(Entity, discriminator="ledger_close"):
    """What the entries up to the end of a day add up to, told from the entries alone.

    - `totals`: by `{currency}#{account}`, debits and credits.
    - `faults`: entries whose legs do not add up to zero, which there are none of.
    - `differences`: accounts of which the folded balance said something else when the day was looked at last.
    """

    keys = Keys("LEDGERCLOSE#all", "{day}")
    noun = "closing"

    day = UnicodeAttribute()
    totals: Any = JSONAttribute(default=dict)
    faults: Any = JSONAttribute(default=list)
    differences: Any = JSONAttribute(default=list)
    closed_at = Moment()
