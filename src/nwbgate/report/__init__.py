"""Ways to look at findings: text, JSON Lines, JUnit, SARIF, GitHub annotations, HTML."""
