"""The label page: articles, queues, judgements, undo."""
