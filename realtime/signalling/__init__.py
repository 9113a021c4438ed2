"""SDP and the order of offers and answers."""
