"""The demo newsroom: two invented titles of one group, made with the same services that real people use.

What both desks need is here; what each desk does with it is `load(stage)` and `load_later(stage)` of its own `demo` module.
"""
