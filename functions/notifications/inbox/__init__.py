"""The inbox: what is written into it, where else it is told, and what its owner does with it."""
