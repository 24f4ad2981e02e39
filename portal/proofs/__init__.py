"""Proving who one is: a six-digit code or a link by mail, after which a browser may see and change more."""
