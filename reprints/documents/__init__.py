"""What a licensee holds in hand: certificate, quote, signed token and the licensed text.

Everything is rendered from one plain dictionary, the snapshot that a license keeps and never changes. Nothing
here reads a model, so that a document printed in five years says what was agreed today.
"""
