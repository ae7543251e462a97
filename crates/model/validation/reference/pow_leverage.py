"""References for validation/pow_leverage.rs. Needs nothing but Python.

The probability that a price falls to its margin call is the integral of the first-passage density (Schroedinger 1915),
taken by Simpson's rule in the square root of time; the library uses the law's closed form.
"""

from math import exp, log, pi, sqrt

DEBT, COLLATERAL, PRICE, CALL, INTEREST = 2e6, 100.0, 40_000.0, 0.7, 0.1
DRIFT, SIGMA = 0.05, 0.7

distance = log(CALL * COLLATERAL * PRICE / DEBT)
motion = DRIFT - SIGMA**2 / 2 - INTEREST


def density(t):
    if t == 0.0:
        return 0.0
    reach = (distance + motion * t) ** 2 / (2 * SIGMA**2 * t)
    return distance / (SIGMA * sqrt(2 * pi * t**3)) * exp(-reach)


def passage(years, intervals=400_000):
    """With t = s^2, dt = 2 s ds."""
    step = sqrt(years) / intervals
    total = 0.0
    for i in range(intervals + 1):
        weight = 1 if i in (0, intervals) else 4 if i % 2 else 2
        s = i * step
        total += weight * density(s * s) * 2 * s
    return total * step / 3


for days in (30, 90, 365):
    print(days, repr(passage(days / 365)))
