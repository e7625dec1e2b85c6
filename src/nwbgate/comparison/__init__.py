"""Compare two files, folders or manifests: objects added, removed or changed."""
