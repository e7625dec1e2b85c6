"""What benchmarks share: made-up inputs, pages and servers, claims and their table."""
