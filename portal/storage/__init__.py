"""Files that we made and must hand out again: labels first. One store for all rooms; keys begin with the merchant's id."""
