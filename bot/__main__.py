"""`python -m bot` is `muza`."""

from bot.cli import main

main()
