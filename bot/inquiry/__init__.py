"""The people behind the answers: an inquiry taken over, and answered."""
