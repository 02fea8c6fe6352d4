"""Uploads: slots, places of files in the bucket, and the states of an upload."""
