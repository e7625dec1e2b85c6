"""Quality control: numbers measured from the data, judged by criteria that are declared apart from the code."""
