"""Who is asking: cookies, sessions, passwords, tickets, origins and rates."""
