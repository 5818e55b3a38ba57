"""Both stories, driven over HTTP against a really started service."""
