"""When a parcel arrives: the carrier's word, else our own count of business days and holidays. Pure rules."""
