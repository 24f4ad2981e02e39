"""What Doorstep needs from the machine it runs on, what is there, and how to get the rest.

`machine`, `packages` and `vendor` use the standard library alone: set-up runs them before anything is
installed. `checks` is the report that `doorstep doctor` prints.
"""
