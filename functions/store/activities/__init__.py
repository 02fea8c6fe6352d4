"""What people do in the store, kept with their consent."""
