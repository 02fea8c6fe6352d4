"""Analytics: figures of learners, their classes and teachers, and reports of them.

Rooms import downwards: doors, `classes` and `reports`, `progress`, `figures`.
"""
