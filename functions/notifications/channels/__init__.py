"""The channels beside the inbox: mails, text messages and pushes."""
