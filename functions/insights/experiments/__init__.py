"""Experiments: users are parted by a stable hash, counted once, and compared by tests that hold on any day."""
