"""The outside world, as ports: what a shop or a carrier hands us, in words no vendor owns.

`records` is what adapters produce and features consume; one folder per vendor holds its mapping.
"""
