"""What must hold of linnet's cameras, a file for each kind of trouble, in the order in which they run."""

from scenarios import bench, formats, faults, loss, changes, refusals, signals, speed, quiet, recording, teaching  # noqa: F401
