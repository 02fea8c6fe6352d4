"""People helping people: questions to mentors, discussions, messages, groups, and reports of any of it.

Rooms, upper to lower; each imports those below it and none beside it:

- `http`, `events`, `jobs`: doors, which translate and call a rule.
- `reports`: reports, their decisions and appeals, and what is held meanwhile; it knows every kind of thing.
- `questions`: help questions on their way to mentors, and answers.
- `discussions`: on questions of the bank.
- `messages`: between two people.
- `groups`: study groups with their chat.
- `writing`: what all of them share: who writes, under which name, with which pictures, and what the filter says to it.
"""
