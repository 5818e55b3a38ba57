"""Every write of the corrections desk: one function a move, named after it."""
