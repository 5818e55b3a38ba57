"""Every write of the licensing desk, by story: asking, deciding, quoting, accepting, licenses, updates,
placements.
"""
