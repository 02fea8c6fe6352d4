"""Search: one port, two engines, and how what is stored becomes what is found.

- `documents`: what is indexed.
- `projections`: makes it of stored items.
- `engine`: the port that rules ask.
- `embedded`, `opensearch`: the engines.
"""
