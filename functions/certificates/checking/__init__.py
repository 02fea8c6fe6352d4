"""Whether a certificate holds: its proof, its state, its end, and the anchor that says when it was there."""
