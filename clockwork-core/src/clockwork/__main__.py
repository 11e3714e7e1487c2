"""``python -m clockwork``, where the command itself is not on PATH."""

from clockwork.cli import main

if __name__ == "__main__":
    main()
