"""The desk's view of its work: what waits, what is late, what goes unanswered, week by week."""
