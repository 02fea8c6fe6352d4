"""How a step says that a file is not taken."""


class Rejected(Exception):
    """The file is not taken; the message is what its owner reads."""
