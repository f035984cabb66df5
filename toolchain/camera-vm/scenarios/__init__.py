"""What must hold of linnet's cameras, a file for each kind of trouble."""
