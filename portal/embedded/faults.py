"""What can go wrong with embedded servers, said to the person at the keyboard."""


class EmbeddedError(Exception):
    """An embedded server cannot run here. The text says why and what to do; it is meant to be printed as it is."""
