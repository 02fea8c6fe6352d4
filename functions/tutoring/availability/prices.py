"""What sessions and packages of hours cost, in whole minor units. Pure."""

from typing import Any

from lyceum.rules.ledger.rounding import percentage, portion

from functions.tutoring.availability.schemas import SoldHoursView

_HOUR = 60


def of_session(hourly_amount: int, minutes: int) -> int:
    """Return what so many minutes cost, rounded once, half to even."""
    return portion(int(hourly_amount), minutes, _HOUR)


def of_package(hourly_amount: int, hours: int, percent_off: int) -> int:
    """Return what hours that are bought together cost."""
    whole = int(hourly_amount) * hours
    return whole - percentage(whole, str(percent_off))


def shown(hourly_amount: int, packages: list[dict[str, Any]]) -> list[SoldHoursView]:
    """Show the packages of an offer with their prices; lessons that cost nothing have none."""
    if not hourly_amount:
        return []
    return [
        SoldHoursView(
            hours=each["hours"],
            percent_off=each["percent_off"],
            amount=of_package(hourly_amount, each["hours"], each["percent_off"]),
        )
        for each in packages
    ]
