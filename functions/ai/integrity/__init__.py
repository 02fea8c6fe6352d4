"""Signs that answers were copied or guessed: evidence for people, never a verdict."""
