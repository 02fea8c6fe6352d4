"""Films for streaming: rendered in pieces, with playlists and a track of thumbnails."""
