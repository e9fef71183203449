"""The people behind the answers: an inquiry taken over, answered, and made knowledge."""
