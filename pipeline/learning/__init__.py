"""Learning: from paragraphs and judgements to weights, probabilities, thresholds, and how good they are."""
