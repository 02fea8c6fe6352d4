"""The question bank: writing, moderation, random draws and statistics."""
