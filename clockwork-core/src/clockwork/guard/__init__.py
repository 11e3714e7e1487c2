"""The guard: what a model may not decide, whatever it was told; its answers are untrusted input."""
