"""Ways to reach a cluster from outside: one module a way, with its options and what they become.

A module holds a class `Dashboard`, a class `Scheduler`, or both, for what it can expose.
"""
