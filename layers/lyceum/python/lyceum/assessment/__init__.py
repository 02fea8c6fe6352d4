"""Questions of every type: how authors write them, candidates see and answer them, and what an answer earns.

`declarations` holds the authors' form and its rules, `storing` takes it apart into a `Question` without and an
`AnswerKey` with what is right, `presentation` arranges a question for a candidate, `responses` is what comes back,
and `credit` scores it. Each is imported by itself: who delivers exams needs no author's form.
"""
