"""What a kind of notification is: its words in each language, and how it is told unless a reader wants it otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Language = Literal["en", "fr"]
Channel = Literal["email", "sms", "push"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
"""Every channel beside the inbox, which each notification is in."""


def language_of(wanted: str | None) -> Language:
    """Return a language that there are words in: the one that is wanted, English when it is another."""
    return "fr" if wanted == "fr" else "en"


@dataclass(frozen=True)
class Wording:
    """Title and body of a kind in one language; `{name}` stands for a value of the notification's data."""

    title: str
    body: str


@dataclass(frozen=True)
class Kind:
    """A kind of notification. An urgent one heeds neither quiet hours nor digests; a mandatory one no opt-out either."""

    type: str
    words: Mapping[Language, Wording]
    channels: tuple[Channel, ...] = ()
    is_urgent: bool = False
    is_mandatory: bool = False

    def say(self, language: str, data: Mapping[str, str]) -> Wording:
        """Return the words in a user's language, English when it is another one."""
        words = self.words[language_of(language)]
        return Wording(words.title.format_map(data), words.body.format_map(data))
