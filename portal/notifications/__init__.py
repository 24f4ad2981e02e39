"""Which event tells whom, on which channel, in which words; what shoppers prefer; the sending."""
