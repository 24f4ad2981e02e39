"""Files that we made and must hand out again, labels first. Keys begin with the merchant's id."""
