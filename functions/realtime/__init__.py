"""Live updates: WebSocket connections, and streams of events for those without."""
