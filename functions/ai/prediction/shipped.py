"""Models as the product ships with them, before a tenant has enough of its own outcomes: weights by judgement.

Signs and sizes follow what is found again and again of online courses (Kizilcec, Piech and Schneider 2013, *LAK*,
170-179; Kuzilek, Hlosta and Zdrahal 2017, *Scientific Data* 4, 170171): being away and being behind weigh most. They
were fitted to nobody, so a chance that rests on them says so.
"""

from functions.ai.prediction.features import NAMES
from functions.ai.prediction.logistic import Coefficients

_MEANS = (6.0, 0.0, 0.6, 0.6, 8.0)
_SPREADS = (9.0, 0.5, 0.18, 1.1, 6.0)
SHIPPED = {
    "success": Coefficients(NAMES, _MEANS, _SPREADS, (-0.9, 0.8, 0.6, -0.5, 0.1), 0.2),
    "dropout": Coefficients(NAMES, _MEANS, _SPREADS, (1.1, -0.5, -0.3, 0.4, -0.1), -1.4),
}
"""By model: the chance to complete the course, and the chance not to come back for four weeks."""
