"""The system about itself: health and documentation."""
