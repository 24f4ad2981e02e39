"""What happens after the answer was sent: the relay that wakes, the worker that runs, one thin file of handlers per feature."""
