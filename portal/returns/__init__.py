"""Asking for a return, following it, holding its label. Other rooms call `service` and `queries`."""
