"""Facts about the files of a folder, kept in a hidden file beside them."""
