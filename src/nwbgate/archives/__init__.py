"""Archives of DANDI as dandi-cli's client reaches them: keys, dandisets, lists of files."""
