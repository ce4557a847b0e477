"""What diffkit says in English: a table for each subject."""
