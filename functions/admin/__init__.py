"""Running the product: its health, its configuration, its jobs and queues, and what the public is told of its state.

Rooms, none of which imports another: `health` (errors, calls, storage), `configuration` (flags, roles, settings),
`operations` (jobs, queues), `status` (checks, incidents, regions).
"""
