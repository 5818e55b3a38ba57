"""The demo newsroom: two invented titles of one group, made with the same services that real people use.

What both desks need is here; what a desk does with it is `load(stage)` and `load_later(stage)` of its `demo` module.
"""
