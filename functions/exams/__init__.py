"""Exams: practice of one's own, practice tests, quizzes, papers; delivered, marked, proctored and counted.

Rooms, upper to lower; each imports those below it and none beside or above it:

- `http`, `events`, `jobs`: doors, which translate and call a rule.
- `proctoring`: what is done to an attempt, or to all of an exam.
- `authoring`: what authors make and see.
- `marking`: what needs keys: the end, scores, grades, rulings, results, receipts.
- `attempts`: a running attempt; exactly what the delivery function may run.
- `papers`: what is asked and by which rules.
- `statistics`: what counters say.

The functions behind `http/delivery`, `http/assessments` and `http/proctoring` read neither keys nor marks, so they
reach nothing of `marking`.
"""
