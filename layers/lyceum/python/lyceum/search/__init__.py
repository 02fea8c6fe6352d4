"""Search: one port, two engines, and how what is stored becomes what is found.

`documents` says what is indexed, `projections` makes it of stored items, `embedded` and `opensearch` are the engines,
`engine` is the port that rules ask.
"""
