"""What diffkit says in Korean: a table for each subject."""
