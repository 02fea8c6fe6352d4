"""What the client takes from outside, so that tests give it something else."""

import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Surroundings:
    """Clock, patience and chance.

    - `now`: seconds since 1970. `sleep`: wait so many seconds. `chance`: a number from 0 on, below 1.
    - `bits`: so many random bits, from which ids are made.
    """

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = field(default=random.random)
    bits: Callable[[int], int] = secrets.randbits

    def new_id(self) -> str:
        """Return a ULID: 48 bits of milliseconds, 80 of chance, in Crockford's base 32."""
        number = int(self.now() * 1000) << 80 | self.bits(80)
        return "".join(_LETTERS[number >> 5 * place & 31] for place in reversed(range(26)))
