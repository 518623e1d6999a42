"""Run `python -m daskgen`."""

from daskgen.cli import main

main()
