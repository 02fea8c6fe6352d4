"""Live updates: WebSocket connections, and streams of events for those without.

Files, upper to lower; each imports downwards only:

1. `http`, `websocket`, `websocket_authorizer`, `events`: the doors
2. `event_streams`, `calls`, `connections`, `tickets`
3. `channel_events`, `topics`
4. `schemas`
"""
