"""A virtual machine with a stock Debian kernel and cameras that can be made to fail."""
