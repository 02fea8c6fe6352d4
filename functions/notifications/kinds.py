"""Kinds of notification: exams, questions, content and security; their words in each language, and their channels by default.

`study_kinds` and `account_kinds` have the others, `registry` all of them.
"""

from functions.notifications.kind import Kind, Wording

EXAM_RESULT = Kind(
    "exam.result",
    {
        "en": Wording(
            "Your exam is marked: {percent} %",
            "You reached {score} of {maxScore} marks. Every question is explained in the summary.",
        ),
        "fr": Wording(
            "Votre examen est corrigé : {percent} %",
            "Vous avez obtenu {score} points sur {maxScore}. Chaque question est expliquée dans le résumé.",
        ),
    },
    channels=("email", "push"),
)
EXAM_EXPIRING = Kind(
    "exam.expiring",
    {
        "en": Wording("Your exam ends soon", "Save your answers: the exam ends at {deadline} (UTC)."),
        "fr": Wording(
            "Votre examen se termine bientôt", "Enregistrez vos réponses : l'examen se termine à {deadline} (UTC)."
        ),
    },
    channels=("push",),
    is_urgent=True,
)
QUESTION_APPROVED = Kind(
    "question.approved",
    {
        "en": Wording("Your question was approved", "It is in the bank now and students may meet it in exams."),
        "fr": Wording(
            "Votre question a été approuvée", "Elle est désormais dans la banque et peut apparaître dans les examens."
        ),
    },
)
IMPORT_COMPLETED = Kind(
    "import.completed",
    {
        "en": Wording(
            "Your import is done",
            "{questionsWritten} questions of {fileName} are in. {rowsWrong} rows could not be taken; the import lists them.",
        ),
        "fr": Wording(
            "Votre importation est terminée",
            "{questionsWritten} questions de {fileName} sont enregistrées. {rowsWrong} lignes n'ont pas pu l'être ; l'importation les énumère.",
        ),
    },
)
IMPORT_FAILED = Kind(
    "import.failed",
    {
        "en": Wording("Your import failed", "{fileName} was not imported: {reason}"),
        "fr": Wording("Votre importation a échoué", "{fileName} n'a pas été importé : {reason}"),
    },
)
QUESTION_REJECTED = Kind(
    "question.rejected",
    {
        "en": Wording("Your question was sent back", "A moderator wrote: {reason}"),
        "fr": Wording("Votre question a été renvoyée", "Un modérateur a écrit : {reason}"),
    },
    channels=("email",),
)
CONTENT_REFUSED = Kind(
    "content.refused",
    {
        "en": Wording("A file of yours was not taken", "{reason}"),
        "fr": Wording("Un de vos fichiers a été refusé", "{reason}"),
    },
)
CONTENT_READY = Kind(
    "content.ready",
    {
        "en": Wording("Your content is ready", "Its file was processed. You can submit it for verification."),
        "fr": Wording(
            "Votre contenu est prêt", "Son fichier a été traité. Vous pouvez le soumettre pour vérification."
        ),
    },
)
CONTENT_VERIFIED = Kind(
    "content.verified",
    {
        "en": Wording("Your content was verified", "“{title}” waits for its publication."),
        "fr": Wording("Votre contenu a été vérifié", "« {title} » attend sa publication."),
    },
)
CONTENT_RETURNED = Kind(
    "content.returned",
    {
        "en": Wording("Your content was not approved", "“{title}”: {reason}"),
        "fr": Wording("Votre contenu n'a pas été approuvé", "« {title} » : {reason}"),
    },
    channels=("email",),
)
CONTENT_PUBLISHED = Kind(
    "content.published",
    {
        "en": Wording("Your content was published", "“{title}” is in the library now."),
        "fr": Wording("Votre contenu a été publié", "« {title} » est désormais dans la bibliothèque."),
    },
)
NEW_SIGN_IN = Kind(
    "security.sign_in",
    {
        "en": Wording(
            "A new sign-in to your account",
            "Somebody signed in in a way that is new for you. If it was not you, change your password now.",
        ),
        "fr": Wording(
            "Nouvelle connexion à votre compte",
            "Quelqu'un s'est connecté d'une manière inhabituelle. Si ce n'était pas vous, changez votre mot de passe maintenant.",
        ),
    },
    channels=("email", "push"),
    is_mandatory=True,
)
PASSWORD_CHANGED = Kind(
    "security.password",
    {
        "en": Wording(
            "Your password was changed",
            "All other sessions have ended. If it was not you, set a new password with a reset code.",
        ),
        "fr": Wording(
            "Votre mot de passe a été changé",
            "Toutes les autres sessions sont terminées. Si ce n'était pas vous, choisissez un nouveau mot de passe avec un code.",
        ),
    },
    channels=("email", "push"),
    is_mandatory=True,
)
SESSION_STOLEN = Kind(
    "security.session",
    {
        "en": Wording(
            "We ended one of your sessions",
            "A token of it was used twice, which happens when somebody has copied it. Sign in again.",
        ),
        "fr": Wording(
            "Nous avons mis fin à une de vos sessions",
            "Un de ses jetons a servi deux fois, signe qu'il a été copié. Reconnectez-vous.",
        ),
    },
    channels=("email", "push"),
    is_mandatory=True,
)
TWO_FACTOR = Kind(
    "security.two_factor",
    {
        "en": Wording(
            "Your two-factor sign-in has changed",
            "It was switched on or off, or a recovery code was used. If it was not you, act now.",
        ),
        "fr": Wording(
            "Votre double authentification a changé",
            "Elle a été activée ou désactivée, ou un code de secours a servi. Si ce n'était pas vous, agissez.",
        ),
    },
    channels=("email", "push"),
    is_mandatory=True,
)
