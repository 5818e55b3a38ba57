"""Forms: shape only. A form never writes."""
