"""`python -m modgap`."""

from modgap.cli.main import main

if __name__ == "__main__":
    main()
