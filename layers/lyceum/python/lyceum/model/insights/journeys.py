"""How far users came, each once, and what models are made of it."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment

STEPS = ("registered", "verified", "signed_in", "enrolled", "studied", "paid", "completed")
"""The funnel in its order: who reached a later step did not need to pass every earlier one."""


class Journey(Entity, discriminator="journey"):
    """How far a user came and what they bought, as far as figures need it; it goes with the account.

    Nobody is shown it but through figures of many and what is suggested to the user. Erasure removes it.

    - `cohort`: the month of the registration, or of what was seen first of an older account.
    - `steps`: by step the day on which it was reached.
    - `orders`, `spent`: payments, and what was paid by currency.
    - `amounts`: of those after the first day, for averages.
    - `first_day`, `last_day`, `repeats`: of payments; ordinals of the Gregorian calendar, and on how many days after
      the first one there were some.
    - `products`: those that were bought, the latest last.
    - `courses`: those that were entered.
    - `country`: of the latest payment.
    - `alias`: the random name by which files of insights know the user; without this item it leads to nobody.
    """

    keys = Keys("JOURNEY#{user_id}", "JOURNEY")
    noun = "journey"

    user_id = UnicodeAttribute()
    cohort = UnicodeAttribute()
    steps: Any = JSONAttribute(default=dict)
    orders = NumberAttribute(default=0)
    spent: Any = JSONAttribute(default=dict)
    first_day = NumberAttribute(null=True)
    last_day = NumberAttribute(null=True)
    repeats = NumberAttribute(default=0)
    amounts: Any = JSONAttribute(default=dict)
    products: Any = JSONAttribute(default=list)
    courses: Any = JSONAttribute(default=list)
    country = UnicodeAttribute(null=True)
    alias = UnicodeAttribute()


class FunnelMonth(Entity, discriminator="funnel_month"):
    """How many users of one month of registration reached each step so far, each once; kept for good."""

    keys = Keys("FUNNELMONTH#all", "{cohort}")
    noun = "month"

    cohort = UnicodeAttribute()
    registered = NumberAttribute(default=0)
    verified = NumberAttribute(default=0)
    signed_in = NumberAttribute(default=0)
    enrolled = NumberAttribute(default=0)
    studied = NumberAttribute(default=0)
    paid = NumberAttribute(default=0)
    completed = NumberAttribute(default=0)


class TrainedModel(Entity, discriminator="trained_model"):
    """What a model learnt of its tenant alone; it holds figures of many and no person.

    - `name`: lifetime, churn, basket, courses or behaviour.
    - `values`: its parameters.
    - `card`: data, features, figures of its quality and limits, for people.
    - `sample`: of how many users it was learnt.
    """

    keys = Keys("TRAINEDMODEL#all", "{name}")
    noun = "model"

    name = UnicodeAttribute()
    values: Any = JSONAttribute(default=dict)
    card: Any = JSONAttribute(default=dict)
    sample = NumberAttribute(default=0)
    trained_at = Moment()


class GeneratedReport(Entity, discriminator="generated_report"):
    """A report that somebody had written; staff who see insights see it. It goes with its file after thirty days.

    - `wanted`: what was asked for.
    - `job_id`, `requested_by`: the long job that writes it, and whose that is.
    """

    keys = Keys("GENERATEDREPORT#all", "{report_id}")
    noun = "report"

    report_id = UnicodeAttribute()
    title = UnicodeAttribute()
    wanted: Any = JSONAttribute()
    job_id = UnicodeAttribute()
    requested_by = UnicodeAttribute()


class ReportSchedule(Entity, discriminator="report_schedule"):
    """A report that comes again; staff who see insights see it, until somebody stops it or its owner may not see it.

    - `wanted`: what was asked for.
    - `every`: day, week or month.
    - `last_report_id`: the last that was written.
    """

    keys = Keys("REPORTSCHEDULE#all", "{schedule_id}")
    noun = "report"

    schedule_id = UnicodeAttribute()
    title = UnicodeAttribute()
    wanted: Any = JSONAttribute()
    every = UnicodeAttribute()
    requested_by = UnicodeAttribute()
    next_at = Moment()
    last_report_id = UnicodeAttribute(null=True)
