"""The references of `validation/tail.rs`, printed one per line. Needs PyPI's QuantLib 1.44, arch 8.0.0, numpy and scipy.

With an argument, the accounts that `bench_simulation accounts` prints, also the margin engine's figures by the NumPy
engine of `xtask/rivals/simulation.py`.
"""

import json
import pathlib
import sys

import numpy as np
import QuantLib as ql
from arch.bootstrap import optimal_block_length
from scipy import integrate, special, stats


def bates(days, strike, start, reversion, long_run, xi, rho, intensity, mean, deviation):
    """A call by QuantLib's characteristic-function engine, zero rates."""
    today = ql.Date(1, 1, 2024)
    ql.Settings.instance().evaluationDate = today
    rate = ql.YieldTermStructureHandle(ql.FlatForward(today, 0.0, ql.Actual365Fixed()))
    process = ql.BatesProcess(
        rate, rate, ql.QuoteHandle(ql.SimpleQuote(1.0)), start, reversion, long_run, xi, rho, intensity, mean, deviation)
    option = ql.VanillaOption(ql.PlainVanillaPayoff(ql.Option.Call, strike), ql.EuropeanExercise(today + days))
    option.setPricingEngine(ql.BatesEngine(ql.BatesModel(process), 1e-10, 100_000))
    return option.NPV()


def ruin_within(fund, income, claims, mean, years):
    """Ruin by Seal's (1974) formulas: survival of an empty fund as an average, and of another by its last zero."""
    def density(total, time):
        """Of the total claims, without the atom at zero: a Poisson mixture of gamma laws in closed form."""
        if total <= 0.0 or time <= 0.0:
            return 0.0
        a = claims * time / mean
        z = 2.0 * np.sqrt(a * total)
        return np.exp(z - claims * time - total / mean) * np.sqrt(a / total) * special.ive(1, z)

    def below(total, time):
        return np.exp(-claims * time) + integrate.quad(density, 0.0, total, (time,), epsabs=1e-12, limit=500)[0]

    def empty(time):
        if time <= 0.0:
            return 1.0
        return integrate.quad(below, 0.0, income * time, (time,), epsabs=1e-10)[0] / (income * time)

    crossing = integrate.quad(
        lambda s: empty(years - s) * density(fund + income * s, s), 0.0, years, epsabs=1e-9, limit=200)[0]
    return 1.0 - (below(fund + income * years, years) - income * crossing)


def walk_falls(sigma, years, steps, barrier):
    """Probability that a martingale's logarithm, seen at every step, is ever at or below a barrier: by quadrature."""
    dt = years / steps
    mean, deviation = -0.5 * sigma**2 * dt, sigma * np.sqrt(dt)
    nodes, weights = np.polynomial.legendre.leggauss(400)
    high = 0.6
    x = barrier + (nodes + 1.0) * 0.5 * (high - barrier)
    w = weights * 0.5 * (high - barrier)
    density = stats.norm.pdf(x, mean, deviation)
    kernel = stats.norm.pdf(x[:, None] - x[None, :], mean, deviation)
    for _ in range(steps - 1):
        density = kernel @ (w * density)
    return 1.0 - w @ density


def generator(count):
    """The linear congruential generator of the check, sums of twelve."""
    state, numbers = 12_345, []
    for _ in range(12 * count):
        state = (state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        numbers.append((state >> 11) / 2**53)
    return np.array(numbers).reshape(count, 12).sum(axis=1) - 6.0


def main():
    for name, parameters in [
        ("calm", (0.64, 4.0, 0.5, 1.5, -0.3, 20.0, -0.03, 0.06)), ("restless", (0.3, 1.0, 0.4, 2.0, -0.7, 5.0, -0.08, 0.1)),
    ]:
        for strike in (0.7, 1.0, 1.3):
            print(f"Bates call, {name}, strike {strike}: {bates(73, strike, *parameters)!r}")
    for case in [(2.0, 1.2, 2.0, 0.5, 10.0), (1.0, 0.5, 2.0, 0.4, 4.0), (0.05, 0.02, 0.5, 0.03, 5.0)]:
        print(f"ruin {case}: {ruin_within(*case)!r}")
    barrier = np.log((1.0 - 0.12) / (1.0 - 0.05))
    for steps in (8, 64):
        print(f"walk of {steps} steps falls: {walk_falls(0.8, 0.01, steps, barrier)!r}")
    noise = generator(1000)
    series = np.zeros(1000)
    for i in range(1, 1000):
        series[i] = 0.6 * series[i - 1] + noise[i]
    for name, values in [("series", series), ("squares", series**2)]:
        print(f"block length of the {name}: {optimal_block_length(values)['stationary'].iloc[0]!r}")
    for successes, trials in [(8, 10), (0, 100), (37, 1000)]:
        interval = stats.binomtest(successes, trials).proportion_ci(0.99, "wilson")
        print(f"Wilson {successes}/{trials}: {interval.low!r} {interval.high!r}")
    if len(sys.argv) > 1:
        sys.path.append(str(pathlib.Path(__file__).parents[4] / "xtask/rivals"))
        import simulation as rival
        accounts = json.load(open(sys.argv[1]))
        sides = [rival.Side(accounts, 1.0), rival.Side(accounts, -1.0)]
        for name, increments in [("Merton", rival.merton_increments), ("Bates", rival.bates_increments)]:
            # The two NumPy engines give the same figures on the same numbers; this is the faster one.
            columns = rival.numpy_engine(
                increments, sides, 32_768, rival.Sorted, rival.execute_sorted, 77, paths=500 * 32_768)
            for what, column in zip(("bad debt", "socialised", "liquidated"), columns):
                error = np.std(column) / np.sqrt(column.size)
                print(f"engine {name}, {what}: {np.mean(column)!r} ± {error!r}")
            ruin = np.mean(columns[1] > 0.0)
            print(f"engine {name}, ruin: {ruin!r} ± {np.sqrt(ruin * (1.0 - ruin) / columns[1].size)!r}")


if __name__ == "__main__":
    main()
