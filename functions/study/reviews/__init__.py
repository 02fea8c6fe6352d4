"""Reviews: cards, their schedule, and the queue of a day."""
