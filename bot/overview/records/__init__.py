"""What the desk's view reads of what lower capabilities keep, and the little that it keeps."""
