"""Countries by their code of two letters (ISO 3166-1), and which of several things tells a person's."""

from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints

_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)
COUNTRIES = frozenset(_CODES.split())
"""Every country, and Kosovo by the code that is used for it."""
NOWHERE = "ZZ"
"""Where no country is known (a code that ISO 3166-1 leaves to users)."""
Source = Literal["edge", "billing", "profile", "earlier", "none"]
SOURCES: tuple[Source, ...] = ("edge", "billing", "profile", "earlier", "none")


def _known(code: str) -> str:
    if code not in COUNTRIES:
        raise ValueError("this is no country of ISO 3166-1, such as NG")
    return code


Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(_known)]
"""A country that there is, by its ISO 3166-1 code."""


def of_person(
    *, edge: str | None, billing: str | None, profile: str | None, earlier: str | None = None
) -> tuple[str, Source]:
    """Return a person's country and what tells it: the first of these that is known.

    - `edge`: where the content network before the API saw the request come from.
    - `billing`: of the address, or of the price that was asked for.
    - `profile`: what the person says.
    - `earlier`: of an earlier payment.
    """
    known: tuple[tuple[str | None, Source], ...] = (
        (edge, "edge"), (billing, "billing"), (profile, "profile"), (earlier, "earlier"),
    )  # fmt: skip
    return next(((country, source) for country, source in known if country), (NOWHERE, "none"))
