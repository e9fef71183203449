"""The inquiry desk: a question finds its rule, or a person."""
