"""Writes the returns that the GARCH fits are timed on, one per line: returns.py FILE.

Two thousand and five hundred daily returns in percent of a GARCH(1,1), always the same, so that the figures do not
depend on recorded data.
"""

import pathlib
import sys

import numpy as np

COUNT, BURN = 2_500, 500
MEAN, OMEGA, ALPHA, BETA = 0.05, 0.4, 0.08, 0.88


def main():
    shocks = np.random.Generator(np.random.PCG64(8)).standard_normal(COUNT + BURN)
    variance, returns = OMEGA / (1.0 - ALPHA - BETA), []
    for shock in shocks:
        residual = shock * variance**0.5
        returns.append(MEAN + residual)
        variance = OMEGA + ALPHA * residual * residual + BETA * variance
    pathlib.Path(sys.argv[1]).write_text("".join(f"{r!r}\n" for r in map(float, returns[BURN:])))


if __name__ == "__main__":
    main()
