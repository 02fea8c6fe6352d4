"""The doors of the API: what is for sale, and buying it."""
