"""Archives: any number of articles to shards of tagged paragraphs, in constant memory, on one machine or many."""
