"""What shoppers ask of the team, as the admin API tells it, and the door to answer it."""
