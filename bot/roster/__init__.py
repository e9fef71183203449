"""Who people are: their ministry, their roles, and their accounts on the chat services."""
