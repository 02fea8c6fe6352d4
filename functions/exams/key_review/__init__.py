"""Keys that the answers speak against: looked at before results are told."""
