"""Studying: plans, reviews, sessions, goals, notes, bookmarks and the personalization quiz, each student's own.

Rooms, upper to lower; each imports those below it and none beside it:

- `http`, `events`, `jobs`: doors, which translate and call a rule.
- `plans`: calendars that lead to an exam; `reviews`: spaced repetition; `sessions`: time spent, goals and streaks;
  `notes`: notes and bookmarks; `personalization`: the quiz and what it advises.
- `activity`: what is counted of a day, once; `learner_days`: local days, and the streak that they make.
"""
