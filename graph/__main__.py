"""``python -m graph``: the same as ``whodid``."""

from graph.cli import main

if __name__ == "__main__":
    main()
