"""Why a call to an address that somebody gave came to nothing."""


class OutgoingError(Exception):
    """A call to an address outside brought no answer."""


class AddressRefused(OutgoingError):
    """The address is not one that may be called, now and whenever it is tried again."""


class Unreachable(OutgoingError):
    """Nobody answered; another try may have more luck."""


class TimedOut(Unreachable):
    """The answer did not come in time."""


class Untrusted(Unreachable):
    """Who answered could not prove to be the host that was called."""
