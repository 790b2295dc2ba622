"""The command line: ``python -m heard run survey.xlsx``, the same as the program ``heard``."""

import signal
import sys

from . import _heard


def main() -> None:
    # Python would only notice Ctrl+C when the work is done.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(_heard.call(["heard", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
