"""An organization's own pages, for its contacts who signed in by a link in a mail. One module a story."""
