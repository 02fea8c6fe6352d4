"""Kinds of notification about other people, plans and payments."""

from functions.notifications.kind import Kind, Wording

QUESTION_ANSWERED = Kind(
    "question.answered",
    {
        "en": Wording("Answered: {title}", "Somebody answered your question."),
        "fr": Wording("Réponse : {title}", "Quelqu'un a répondu à votre question."),
    },
    channels=("push",),
)
DISCUSSION_REPLIED = Kind(
    "discussion.replied",
    {
        "en": Wording("A reply: {title}", "Somebody replied to you in a discussion."),
        "fr": Wording("Une réponse : {title}", "Quelqu'un vous a répondu dans une discussion."),
    },
    channels=("push",),
)
MENTOR_ASSIGNED = Kind(
    "mentor.assigned",
    {
        "en": Wording("You have a mentor", "{mentorName} is your mentor from now on."),
        "fr": Wording("Vous avez un mentor", "{mentorName} est désormais votre mentor."),
    },
    channels=("email",),
)
PAYMENT_CONFIRMED = Kind(
    "payment.confirmed",
    {
        "en": Wording("We received your payment", "{amount} for {what}. Thank you."),
        "fr": Wording("Nous avons reçu votre paiement", "{amount} pour {what}. Merci."),
    },
    channels=("email",),
    is_mandatory=True,
)
PLAN_EXPIRING = Kind(
    "plan.expiring",
    {
        "en": Wording("Your plan {plan} is about to end", "It ends on {endsOn} (UTC); days left: {daysLeft}."),
        "fr": Wording(
            "Votre formule {plan} prend bientôt fin", "Elle se termine le {endsOn} (UTC) ; jours restants : {daysLeft}."
        ),
    },
    channels=("email", "push"),
)
