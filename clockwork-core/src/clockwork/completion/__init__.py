"""How missing fields get their values: the question, the model, the answer and its checks."""
