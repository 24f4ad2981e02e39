"""What each `doorstep …` command does; `portal.cli` names and documents them.

Every command that needs the product runs inside `installation.ready()`, which reads the settings, and starts the
embedded servers where no address is given.
"""
