"""Amounts of money: whole minor units with their ISO 4217 currency."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

# Currencies whose minor unit is not a hundredth (ISO 4217, table A.1).
_EXPONENTS = {"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
              "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0, "BHD": 3, "IQD": 3,
              "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3, "CLF": 4, "UYW": 4}  # fmt: skip

_CODES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD "
    "HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD "
    "MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN "
    "PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY "
    "TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"
)
CURRENCIES = frozenset(_CODES.split())
"""The currencies that something can be paid in: no metals, funds of banks, or codes for tests (ISO 4217, table A.1)."""


def _known(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError("this is no currency of ISO 4217, such as NGN")
    return code


Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), AfterValidator(_known)]
"""A currency that there is, by its ISO 4217 code."""


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
