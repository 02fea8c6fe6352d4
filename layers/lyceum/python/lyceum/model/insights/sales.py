"""Figures of money by day, product, country and cohort, folded from the ledger's entries and from payments."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys

CREDITED = ("revenue", "tax")
"""Accounts of the chart that grow by credits, as they are counted."""
DEBITED = ("discount", "proration", "refunds", "disputes", "fees", "commission")
"""Accounts of the chart that grow by debits, as they are counted."""
LESSENING = ("discount", "proration", "refunds", "disputes")
"""Accounts that are taken off revenue for what was earned; tax and fees are told apart."""


class SalesDay(Entity, discriminator="sales_day"):
    """What the ledger booked on a day (UTC) in one currency, in minor units; kept for good.

    Each counter is the account of the chart of the same name, positive where the account grows. `entries` counts the
    entries that touched one of them. Staff who see insights see it; it names nobody.
    """

    keys = Keys("SALESDAY#all", "{day}#{currency}")
    noun = "day"

    day = UnicodeAttribute()
    currency = UnicodeAttribute()
    entries = NumberAttribute(default=0)
    revenue = NumberAttribute(default=0)
    tax = NumberAttribute(default=0)
    discount = NumberAttribute(default=0)
    proration = NumberAttribute(default=0)
    refunds = NumberAttribute(default=0)
    disputes = NumberAttribute(default=0)
    fees = NumberAttribute(default=0)
    commission = NumberAttribute(default=0)

    @property
    def net(self) -> int:
        """What was earned, in minor units: revenue less what lessens it."""
        return int(self.revenue) - sum(int(getattr(self, name)) for name in LESSENING)


class ProductMonth(Entity, discriminator="product_month"):
    """What was paid for a product in a month (UTC) in one currency, in minor units; kept for good.

    - `product`: as entitlements name it.
    - `title`: as it was sold last.
    - `orders`, `amount`: paid, renewals included.
    - `renewals`: how many of the orders those are.
    - `refunds`, `refunded`: how often and how much went back in the month.
    """

    keys = Keys("PRODUCTMONTH#{month}", "{currency}#{product}")
    noun = "month"

    month = UnicodeAttribute()
    currency = UnicodeAttribute()
    product = UnicodeAttribute()
    title = UnicodeAttribute(null=True)
    orders = NumberAttribute(default=0)
    amount = NumberAttribute(default=0)
    renewals = NumberAttribute(default=0)
    refunds = NumberAttribute(default=0)
    refunded = NumberAttribute(default=0)


class CountryMonth(Entity, discriminator="country_month"):
    """What was paid from a country in a month (UTC) in one currency, in minor units; `ZZ` is where none is known.

    `by_...` count the payments whose country was told by each of `lyceum.kit.values.countries.SOURCES`.
    """

    keys = Keys("COUNTRYMONTH#{month}", "{country}#{currency}")
    noun = "month"

    month = UnicodeAttribute()
    country = UnicodeAttribute()
    currency = UnicodeAttribute()
    orders = NumberAttribute(default=0)
    amount = NumberAttribute(default=0)
    newcomers = NumberAttribute(default=0)
    by_edge = NumberAttribute(default=0)
    by_billing = NumberAttribute(default=0)
    by_profile = NumberAttribute(default=0)
    by_earlier = NumberAttribute(default=0)
    by_none = NumberAttribute(default=0)


class CohortSales(Entity, discriminator="cohort_sales"):
    """What users of one month of registration paid so many months later, in minor units of one currency."""

    keys = Keys("COHORTSALES#all", "{cohort}#{offset:03d}#{currency}")
    noun = "cohort"

    cohort = UnicodeAttribute()
    offset = NumberAttribute()
    currency = UnicodeAttribute()
    orders = NumberAttribute(default=0)
    amount = NumberAttribute(default=0)
