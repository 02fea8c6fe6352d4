"""Kinds of notification about studying: reminders, assignments, announcements, courses, badges."""

from functions.notifications.kind import Kind, Wording

STUDY_REMINDER = Kind(
    "study.reminder",
    {
        "en": Wording("Time to study", "You finished {finished} of {dailyGoal} for today. The next one is waiting."),
        "fr": Wording(
            "C'est l'heure d'étudier",
            "Vous avez terminé {finished} sur {dailyGoal} pour aujourd'hui. La suite vous attend.",
        ),
    },
    channels=("push",),
)
NEW_QUESTIONS = Kind(
    "question.new",
    {
        "en": Wording("New questions: {title}", "There are {count} new questions to practise with."),
        "fr": Wording("Nouvelles questions : {title}", "Il y a {count} nouvelles questions pour vous exercer."),
    },
)
ANNOUNCEMENT = Kind(
    "announcement.posted",
    {
        "en": Wording("{title}", "There is a new announcement for you."),
        "fr": Wording("{title}", "Une nouvelle annonce vous concerne."),
    },
    channels=("push",),
)
ASSIGNMENT_DUE = Kind(
    "assignment.due_soon",
    {
        "en": Wording("Due soon: {title}", "Hand it in by {due} (UTC)."),
        "fr": Wording("À rendre bientôt : {title}", "Remettez votre travail avant le {due} (UTC)."),
    },
    channels=("email", "push"),
    is_urgent=True,
)
ASSIGNMENT_GRADED = Kind(
    "assignment.graded",
    {
        "en": Wording("Graded: {title}", "You have {points} of {maxPoints} points."),
        "fr": Wording("Noté : {title}", "Vous avez {points} points sur {maxPoints}."),
    },
    channels=("email", "push"),
)
COURSE_COMPLETED = Kind(
    "course.completed",
    {
        "en": Wording("You completed {title}", "Every required part of the course is done. Well done!"),
        "fr": Wording("Vous avez terminé {title}", "Toutes les parties obligatoires du cours sont achevées. Bravo !"),
    },
)
BADGE_EARNED = Kind(
    "badge.earned",
    {
        "en": Wording("You earned a badge: {title}", "It is on your profile now."),
        "fr": Wording("Vous avez obtenu un badge : {title}", "Il figure désormais sur votre profil."),
    },
    channels=("push",),
)
