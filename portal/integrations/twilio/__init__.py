"""Text messages over Twilio's Programmable Messaging."""
