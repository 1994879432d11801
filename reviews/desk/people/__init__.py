"""People on the desk: who they are, what they may do, how they are registered, and what is needed of them."""
