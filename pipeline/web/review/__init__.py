"""The review page: what evaluations, annotators and time say."""
