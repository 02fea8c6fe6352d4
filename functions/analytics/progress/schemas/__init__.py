"""What callers of a learner's figures send and get, a module a subject: as of when, and by which definitions.

Shares are percentages with two decimals, probabilities lie between 0 and 1, times are in seconds.
"""
