"""The words of the messages that carry codes, in each language."""

from typing import Literal, NamedTuple

from lyceum.model.users.account import User
from lyceum.model.users.invitations import Invitation

Purpose = Literal["verify", "reset", "sign_in", "second_step", "change_email", "change_phone"]
_MINUTES = "10"


class Wording(NamedTuple):
    """Subject and body; `{code}` stands for the six digits."""

    subject: str
    body: str


_WORDS: dict[str, dict[Purpose, Wording]] = {
    "en": {
        "verify": Wording("Your confirmation code", "Your code is {code}. It confirms that this address is yours."),
        "reset": Wording("Your code for a new password", "Your code is {code}. With it you can set a new password."),
        "sign_in": Wording("Your sign-in code", "Your code is {code}. It signs you in."),
        "change_email": Wording(
            "Confirm your new address", "Your code is {code}. It makes this address the one of your account."
        ),
        "change_phone": Wording(
            "Confirm your new number", "Your code is {code}. It makes this number the one of your account."
        ),
        "second_step": Wording(
            "Is this you?", "Somebody with your password signs in from a new device. If it is you, your code is {code}."
        ),
    },
    "fr": {
        "verify": Wording(
            "Votre code de confirmation", "Votre code est {code}. Il confirme que cette adresse est la vôtre."
        ),
        "reset": Wording(
            "Votre code pour un nouveau mot de passe",
            "Votre code est {code}. Il permet de choisir un nouveau mot de passe.",
        ),
        "sign_in": Wording("Votre code de connexion", "Votre code est {code}. Il vous connecte."),
        "change_email": Wording(
            "Confirmez votre nouvelle adresse", "Votre code est {code}. Cette adresse devient celle de votre compte."
        ),
        "change_phone": Wording(
            "Confirmez votre nouveau numéro", "Votre code est {code}. Ce numéro devient celui de votre compte."
        ),
        "second_step": Wording(
            "Est-ce bien vous ?",
            "Quelqu'un qui a votre mot de passe se connecte depuis un nouvel appareil. Si c'est vous, votre code est {code}.",
        ),
    },
}
_FRAMES = {
    "en": (
        "Hello {name},",
        f"It is good for {_MINUTES} minutes. If you did not ask for it, leave it; never tell it to anybody.",
    ),
    "fr": (
        "Bonjour {name},",
        f"Il est valable {_MINUTES} minutes. Si vous ne l'avez pas demandé, ignorez-le ; ne le donnez à personne.",
    ),
}


_INVITATION = {
    "en": (
        "You are invited to Lyceum",
        "You are invited as {role}.",
        "Register with this invitation:",
        "It is good once, until {day} (UTC).",
    ),
    "fr": (
        "Vous êtes invité à Lyceum",
        "Vous êtes invité en tant que {role}.",
        "Inscrivez-vous avec cette invitation :",
        "Elle est valable une fois, jusqu'au {day} (UTC).",
    ),
}


def mail_words(user: User, purpose: Purpose, code: str) -> tuple[str, list[str]]:
    """Return subject and lines of a mail with a code, in the user's language or else in English."""
    language = language_of(user)
    words = _WORDS[language][purpose]
    greeting, warning = _FRAMES[language]
    return words.subject, [greeting.format(name=user.first_name), words.body.format(code=code), warning]


def sms_words(user: User, purpose: Purpose, code: str) -> str:
    """Return a text message with a code, short enough for one part."""
    return f"Lyceum: {_WORDS[language_of(user)][purpose].body.format(code=code)}"


def invitation_words(invitation: Invitation, token: str) -> tuple[str, list[str]]:
    """Return subject and lines of the mail that invites, with the token to register with."""
    subject, body, how, end = _INVITATION[invitation.language if invitation.language in _INVITATION else "en"]
    lines = [
        body.format(role=invitation.role.replace("_", " ")),
        how,
        token,
        end.format(day=f"{invitation.expires_at:%Y-%m-%d %H:%M}"),
    ]
    return subject, lines


def language_of(user: User) -> str:
    """Return the language in which a user is written to."""
    return user.language if user.language in _WORDS else "en"
