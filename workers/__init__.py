"""What happens after the answer was sent: the relay wakes, the worker runs, one thin file of handlers per feature."""
