"""`python -m diffkit` is the command `diffkit`."""

from diffkit.cli import main

if __name__ == "__main__":
    main()
