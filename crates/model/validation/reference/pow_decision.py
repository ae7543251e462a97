"""Prints the references of `pow_decision.rs`: plain loops and enumeration in Python, NumPy 2.4 for the band.

    python3 pow_decision.py
"""

import itertools
import math

import numpy as np


def draws(state):
    """Knuth's MMIX generator on (0, 1)."""
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield (state >> 11) / 2.0**53


def fleet():
    """A thousand days, three types, one at a time; machines wait three days for a margin of a tenth."""
    uniform = draws(7)
    level, hashprices = 0.0, []
    for _ in range(1_000):
        level = 0.99 * level + 0.2 * (next(uniform) - 0.5)
        hashprices.append(70.0 * math.exp(level))
    types = [(100.0, 3_000.0, 2.0), (14.0, 1_350.0, 5.0), (60.0, 3_300.0, 1.0)]
    for price in (0.02, 0.05, 0.08):
        for delay, margin in ((0, 0.0), (3, 0.1)):
            on, good = [True] * 3, [0] * 3
            profit = peak = drawdown = 0.0
            days = [0] * 3
            for hashprice in hashprices:
                today = -3.0
                for k, (terahash, watts, count) in enumerate(types):
                    earned = count * 0.95 * terahash * hashprice / 1_000.0 * 0.98
                    paid = count * 0.95 * watts / 1_000.0 * 24.0 * 1.1 * price
                    if on[k]:
                        on[k], good[k] = earned >= paid, 0
                    else:
                        good[k] = good[k] + 1 if earned >= paid * (1.0 + margin) else 0
                        on[k] = good[k] > delay
                    if on[k]:
                        days[k] += 1
                        today += earned - paid
                profit += today
                peak = max(peak, profit)
                drawdown = max(drawdown, peak - profit)
            print(f"fleet {price} {delay}: profit {profit!r} drawdown {drawdown!r} days {sum(days)}")


PRICES = [0.02, 0.09, -0.03, 0.30, 0.055, 0.01, 0.12]


def energy_cost(spot, load, power=60.0, price=0.05, share=0.7, discount=0.005, fee=0.01):
    sunk = share * power
    best = math.inf
    for used in (0.0, min(load, sunk), min(load, power)):
        for sold in (0.0, max(sunk - used, 0.0), power - used):
            cost = price * max(sunk, used + sold) + (spot + fee) * (load - used) - sold * (spot - discount)
            best = min(best, cost)
    return best


def dispatch():
    """Every schedule of two blocks and demand response over seven hours."""
    loads = [30 * 3.0 * 0.96 * 1.1, 40 * 1.35 * 0.96 * 1.1]
    rates = [30 * 100.0 * 0.96, 40 * 14.0 * 0.96]
    rules = [(2, 2, 5.0), (3, 2, 2.0)]
    full = sum(loads)

    def value(spot, on, responds):
        load = sum(l for l, o in zip(loads, on) if o)
        if responds and load > full - 40.0:
            return -math.inf
        revenue = 60.0 / 24_000.0 * 0.98 * sum(r for r, o in zip(rates, on) if o)
        paid = 40.0 * (0.11 if responds else 0.01 if load >= 40.0 else 0.0)
        return revenue - energy_cost(spot, load) + paid

    def keeps(path, run, down):
        spans = [[True, 99]]
        for on in path:
            if spans[-1][0] == on:
                spans[-1][1] += 1
            else:
                spans.append([on, 1])
        return all(length >= (run if on else down) for on, length in spans[:-1])

    paths = list(itertools.product((True, False), repeat=len(PRICES)))
    paths = [[p for p in paths if keeps(p, run, down)] for run, down, _ in rules]
    calls = [
        c for c in itertools.product((False, True), repeat=len(PRICES))
        if sum(c) <= 2 and sum(b and not a for a, b in zip((False,) + c, c)) <= 1
    ]
    table = {
        (t, a, b, r): value(spot, (a, b), r)
        for t, spot in enumerate(PRICES) for a in (0, 1) for b in (0, 1) for r in (0, 1)
    }
    for name, allowed in (("with response", calls), ("without response", calls[:1])):
        best = -math.inf
        for a in paths[0]:
            for b in paths[1]:
                starts = sum(
                    cost * sum(now and not was for was, now in zip((True,) + path, path))
                    for path, (_, _, cost) in zip((a, b), rules)
                )
                for c in allowed:
                    total = sum(table[t, a[t], b[t], c[t]] for t in range(len(PRICES))) - starts
                    best = max(best, total)
        print(f"dispatch {name}: {best - len(PRICES)!r}")


def band(mean, persistence, deviation, first, second, discount):
    """Value iteration on a wide even grid, linear between its points, the shock by the trapezoidal rule."""
    nodes = np.linspace(-8.0, 8.0, 801)
    weights = np.exp(-0.5 * nodes**2)
    weights /= weights.sum()
    x = np.linspace(-0.6, 0.6, 6_001)
    gain = 2.0 * np.sinh(x / 2.0)
    value = gain.copy()
    later = (mean + persistence * (x - mean))[:, None] + deviation * nodes[None, :]
    for _ in range(400):
        clamped = np.clip(value, -first, second)
        new = gain + discount * (np.interp(later, x, clamped) @ weights)
        change = np.abs(new - value).max()
        value = new
        if change < 1e-11:
            break
    return np.interp(-first, value, x), np.interp(second, value, x)


def main():
    fleet()
    dispatch()
    for case in ((0.02, 0.9, 0.05, 0.03, 0.03, 0.9997), (-0.1, 0.7, 0.2, 0.05, 0.15, 0.99)):
        low, high = band(*case)
        print(f"band {case}: {float(low)!r} {float(high)!r}")


if __name__ == "__main__":
    main()
