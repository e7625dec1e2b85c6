"""Tables of a session, made from its pickle, its ellipses and its clocks."""
