"""Amounts of money: whole minor units with their ISO 4217 currency."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints

# Currencies whose minor unit is not a hundredth (ISO 4217, table A.1).
_EXPONENTS = {"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
              "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0, "BHD": 3, "IQD": 3,
              "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3, "CLF": 4, "UYW": 4}  # fmt: skip


class Money(BaseModel):
    """An amount in minor units, such as 1999 USD for 19.99 dollars."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    amount: int
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, with as many places as the currency has."""
        return Decimal(self.amount).scaleb(-_EXPONENTS.get(self.currency, 2))

    def __add__(self, other: Self) -> Self:
        """Add two amounts of one currency; raises ValueError for two currencies."""
        if other.currency != self.currency:
            raise ValueError(f"can not add {other.currency} to {self.currency}")
        return self.model_copy(update={"amount": self.amount + other.amount})

    def split(self, parts: int) -> list[Self]:
        """Divide into `parts` amounts that differ by at most one unit and add up to the whole."""
        if parts < 1:
            raise ValueError("an amount is split into one part at least")
        share, rest = divmod(self.amount, parts)
        return [self.model_copy(update={"amount": share + (index < rest)}) for index in range(parts)]

    def __str__(self) -> str:
        """Write the amount with its decimal point, as in `19.99 USD`."""
        places = _EXPONENTS.get(self.currency, 2)
        whole, part = divmod(abs(self.amount), 10**places)
        sign = "-" if self.amount < 0 else ""
        return f"{sign}{whole}.{part:0{places}d} {self.currency}" if places else f"{sign}{whole} {self.currency}"
