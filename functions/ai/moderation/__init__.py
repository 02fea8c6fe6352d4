"""What a language model makes of what is written in discussions, for moderators."""
