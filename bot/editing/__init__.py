"""Knowledge made of replies: articles proposed, approved by a second person, and published."""
