"""What a person sees: plans, progress, summaries, errors, and the JSON document for programs."""
