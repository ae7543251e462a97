"""References of the topic "cost of capital": SciPy's integrator and Theil-Sen estimator.

Run with SciPy 1.17 or later; prints what `capital.rs` carries.
"""

import numpy as np
from scipy.integrate import solve_ivp
from scipy.stats import theilslopes

YEAR = 365 * 86_400.0


def flight():
    """dy/dt = kappa*(-eta*max(0, shortfall) - y) over returns that hold until the next point."""
    days = [0, 10, 24, 30, 45]
    returns = [0.20, 0.07, 0.02, 0.15, 0.09]
    hurdle, eta, half_life = 0.12, 4.0, 7 / 365
    kappa, y, missed = np.log(2) / half_life, 0.0, 0.0
    for (begin, end), r in zip(zip(days, days[1:]), returns):
        size = max(0.0, hurdle - r)
        span = (end - begin) / 365
        solution = solve_ivp(
            lambda _, y: kappa * (-eta * size - y), (0, span), [y], rtol=1e-12, atol=1e-14
        )
        y = solution.y[0, -1]
    print("flight: outflow", repr(1 - np.exp(y)))


def policy():
    """di/dt = ln(inertia)/interval*(i - target), telemetry as steps."""
    rate, interval, inertia = 0.05, 3_600.0, 0.8
    for hours, target in [(3, 0.245), (5, 0.09), (1, 0.7)]:
        aim = min(max(target, -0.02), 0.6)
        solution = solve_ivp(
            lambda _, i: np.log(inertia) / interval * (i - aim),
            (0, hours * 3_600.0),
            [rate],
            rtol=1e-12,
            atol=1e-14,
        )
        rate = solution.y[0, -1]
    print("policy: rate", repr(rate))


def draws(seed, n):
    """Uniform draws of Knuth's MMIX generator."""
    state, out = seed, []
    for _ in range(n):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        out.append((state >> 11) / 2**53)
    return np.array(out)


def responses():
    """Theil-Sen slopes of the changes."""
    changes = 0.004 * (draws(3, 120) - 0.5)
    noise = 0.002 * (draws(5, 120) - 0.5)
    rates = np.concatenate([[0.1], 0.1 + np.cumsum(changes)])
    utilisations = np.concatenate([[0.7], 0.7 + np.cumsum(-1.5 * changes + noise)])
    slope = theilslopes(np.diff(utilisations), np.diff(rates))[0]
    print("response of utilisation", repr(slope))
    supplies = 1e6 * np.exp(-3.0 * (rates - 0.1) + np.concatenate([[0.0], np.cumsum(noise)]))
    slope = theilslopes(-np.diff(np.log(supplies)), np.diff(rates))[0]
    print("elasticity of supply", repr(slope))


flight()
policy()
responses()
