"""The rivals of `crates/model/examples/bench_simulation.rs`: QuantLib and NumPy at the same work, as one JSON object.

Needs QuantLib and numpy from PyPI. Rates are paths per CPU second of one thread; each is the best of several runs.

QuantLib's C++ Monte Carlo runs without a Python loop: MCEuropeanHestonEngine prices a call under a BatesProcess with the
asked number of steps. Merton's model is the same process with a variance that hardly moves; QuantLib has no Monte Carlo
for Merton76Process and none for Kou. The discretisation is the quadratic-exponential martingale scheme on both sides.

The NumPy engine is the model of `hurdle_model::simulation::MarginEngine`, vectorised over paths and accounts: every
account of every path is compared with the oracle's price at every step, and only the paths in which one falls are
worked on further. `numpy_rows_…` keeps a row for each path, `numpy_…` a row for each account, which NumPy is faster with;
`numpy_sorted_…` is the same with Hurdle's own idea, accounts sorted by threshold, written in NumPy.
"""

import json
import resource
import sys
import time

import numpy as np
import QuantLib as ql

STEPS = 64
REPEATS = 3
MERTON = {"drift": 0.0, "volatility": 0.8, "intensity": 20.0, "mean": -0.03, "deviation": 0.06}
HESTON = {"start": 0.64, "reversion": 4.0, "long_run": 0.64, "xi": 1.5, "rho": -0.3}
VENUE = {
    "maintenance": 0.03, "delay": 1, "latency": 1, "bounty": 0.01, "fee": 0.005, "fund": 0.005,
    "quantity": 0.5, "distance": 0.05, "resilience": 3000.0,
}
YEARS = 1.0 / 365.0
# Paths that NumPy works on together, for each engine as many as it was fastest with.
CHUNKS = {"numpy_rows": 16_384, "numpy": 16_384, "numpy_sorted": 32_768}
ENGINE_PATHS = 131_072


def best(work):
    """Least CPU seconds of several runs, and the last result."""
    least = float("inf")
    for _ in range(REPEATS):
        start = time.process_time()
        result = work()
        least = min(least, time.process_time() - start)
    return least, result


def quantlib(heston, steps, paths):
    today = ql.Date(1, 1, 2024)
    ql.Settings.instance().evaluationDate = today
    counter = ql.Actual360()
    years = 1.0 / 12.0
    rate = ql.YieldTermStructureHandle(ql.FlatForward(today, 0.0, counter))
    spot = ql.QuoteHandle(ql.SimpleQuote(1.0))
    process = ql.BatesProcess(
        rate, rate, spot, heston["start"], heston["reversion"], heston["long_run"], heston["xi"], heston["rho"],
        MERTON["intensity"], MERTON["mean"], MERTON["deviation"],
    )
    option = ql.VanillaOption(
        ql.PlainVanillaPayoff(ql.Option.Call, 1.0), ql.EuropeanExercise(today + ql.Period(30, ql.Days)))
    assert abs(counter.yearFraction(today, today + 30) - years) < 1e-12

    def price():
        engine = ql.MCEuropeanHestonEngine(
            process, "pseudorandom", timeSteps=steps, requiredSamples=paths, seed=42)
        option.setPricingEngine(engine)
        return option.NPV()

    seconds, value = best(price)
    return paths / seconds, value, option.errorEstimate()


def merton_increments(rng, paths):
    """Log-price increments, one row per step: jumps are drawn per path and put into their steps."""
    dt = YEARS / STEPS
    m, d, lam, vol = MERTON["mean"], MERTON["deviation"], MERTON["intensity"], MERTON["volatility"]
    drift = MERTON["drift"] - 0.5 * vol * vol - lam * np.expm1(m + 0.5 * d * d)
    dx = rng.standard_normal((STEPS, paths))
    dx *= vol * np.sqrt(dt)
    dx += drift * dt
    add_jumps(rng, dx)
    return dx


def add_jumps(rng, dx):
    paths = dx.shape[1]
    number = rng.poisson(MERTON["intensity"] * YEARS, paths)
    path = np.repeat(np.arange(paths), number)
    step = rng.integers(0, STEPS, path.size)
    np.add.at(dx, (step, path), rng.normal(MERTON["mean"], MERTON["deviation"], path.size))


def bates_increments(rng, paths):
    """The same with Andersen's quadratic-exponential variance, martingale-corrected."""
    dt = YEARS / STEPS
    k, theta, xi, rho = HESTON["reversion"], HESTON["long_run"], HESTON["xi"], HESTON["rho"]
    e = np.exp(-k * dt)
    lost = 1.0 - e
    k1 = 0.5 * dt * (k * rho / xi - 0.5) - rho / xi
    k2 = 0.5 * dt * (k * rho / xi - 0.5) + rho / xi
    k3 = 0.5 * dt * (1.0 - rho * rho)
    a_ = k2 + 0.5 * k3
    m, d, lam = MERTON["mean"], MERTON["deviation"], MERTON["intensity"]
    drift = (MERTON["drift"] - lam * np.expm1(m + 0.5 * d * d)) * dt
    v = np.full(paths, HESTON["start"])
    dx = np.empty((STEPS, paths))
    for t in range(STEPS):
        zv = rng.standard_normal(paths)
        zx = rng.standard_normal(paths)
        mean = theta + (v - theta) * e
        square = v * (xi * xi * e * lost / k) + theta * xi * xi * lost * lost / (2.0 * k)
        psi = square / (mean * mean)
        y = np.maximum(2.0 / psi, 1.0)
        b2 = y - 1.0 + np.sqrt(y * (y - 1.0))
        a = mean / (1.0 + b2)
        nxt = a * (np.sqrt(b2) + zv) ** 2
        damping = 1.0 - 2.0 * a_ * a
        k0 = -a_ * b2 * a / damping + 0.5 * np.log(damping) - (k1 + 0.5 * k3) * v
        steep = np.flatnonzero(psi > 1.5)
        if steep.size:
            from scipy.special import ndtr
            ps, ms = psi[steep], mean[steep]
            p = (ps - 1.0) / (ps + 1.0)
            beta = (1.0 - p) / ms
            above = ndtr(-zv[steep])
            nxt[steep] = np.maximum(np.log((1.0 - p) / above) / beta, 0.0)
            k0[steep] = -np.log(p + beta * (1.0 - p) / (beta - a_)) - (k1 + 0.5 * k3) * v[steep]
        dx[t] = drift + k0 + k1 * v + k2 * nxt + np.sqrt(k3 * (v + nxt)) * zx
        v = nxt
    add_jumps(rng, dx)
    return dx


class Side:
    """Accounts of one side in the order in which they fall."""

    def __init__(self, accounts, sign):
        margin = np.array([m for s, _, m in accounts if s == sign])
        quantity = np.array([q for s, q, _ in accounts if s == sign])
        order = np.argsort(margin, kind="stable")
        self.sign = sign
        self.margin, self.quantity = margin[order], quantity[order]
        mu = VENUE["maintenance"]
        # log-price below (above, for shorts) which an account falls, both mirrored to "below"
        self.threshold = sign * np.log((1.0 - sign * self.margin) / (1.0 - sign * mu))
        self.prefix = np.concatenate([[0.0], np.cumsum(self.quantity)])
        self.posted = np.concatenate([[0.0], np.cumsum(self.quantity * self.margin)])


def trade(side, rows, quantity, x, consumed, market):
    """Consumes the book for some paths; average prices."""
    slope = VENUE["distance"] / VENUE["quantity"]
    before = consumed[rows] * slope
    after = before + side.sign * quantity * slope
    consumed[rows] += side.sign * quantity
    market[rows] = x[rows] - after
    moved = after - before
    return np.exp(x[rows] - before) * -np.expm1(-moved) / moved


def pay(rows, bad, fees, fund, total_bad, social):
    fund[rows] += fees
    paid = np.minimum(bad, fund[rows])
    fund[rows] -= paid
    total_bad[rows] += bad
    social[rows] += bad - paid


def run_chunk(increments, rng, sides, paths, judge, execute):
    """The engine on a chunk of paths; `judge` and `execute` say how the accounts are kept."""
    dx = increments(rng, paths)
    decay = np.exp(-VENUE["resilience"] * YEARS / STEPS)
    slope = VENUE["distance"] / VENUE["quantity"]
    x, consumed = np.zeros(paths), np.zeros(paths)
    fund = np.full(paths, VENUE["fund"])
    bad, social, liquidated = np.zeros(paths), np.zeros(paths), np.zeros(paths)
    state = [judge.start(side, paths) for side in sides]
    published = [np.zeros(paths) for _ in range(VENUE["delay"])]
    due = [[] for _ in range(VENUE["latency"])]

    def settle(orders, x, market):
        for index, rows, what in orders:
            execute(sides[index], rows, what, x, consumed, market, fund, bad, social, liquidated)

    def falls(oracle):
        orders = []
        for index, side in enumerate(sides):
            rows, what = judge.fallen(side, state[index], oracle)
            if rows.size:
                orders.append((index, rows, what))
        return orders

    for t in range(STEPS):
        consumed *= decay
        x += dx[t]
        market = x - slope * consumed
        settle(due.pop(0), x, market)
        due.append(falls(published.pop(0)))
        published.append(market)
    for orders in due:
        settle(orders, x, market)
    while True:
        orders = falls(market)
        if not orders:
            return bad, social, liquidated
        # One path's longs and shorts cannot fall at the same price.
        settle(orders, x, market)


class ByPath:
    """A flag for every account of every path, a row for each path: arrays as one writes them first."""

    @staticmethod
    def start(side, paths):
        return np.ones((paths, side.margin.size), dtype=bool)

    @staticmethod
    def fallen(side, alive, oracle):
        hit = (side.sign * oracle)[:, None] <= side.threshold
        hit &= alive
        rows = np.flatnonzero(hit.any(axis=1))
        hit = hit[rows]
        alive[rows] &= ~hit
        return rows, hit.T


class ByAccount:
    """The same with a row for each account, so that the paths of an account lie side by side: the same operations take
    NumPy a third of the time."""

    @staticmethod
    def start(side, paths):
        return np.ones((side.margin.size, paths), dtype=bool)

    @staticmethod
    def fallen(side, alive, oracle):
        hit = side.sign * oracle <= side.threshold[:, None]
        hit &= alive
        alive ^= hit
        rows = np.flatnonzero(hit.any(axis=0))
        return rows, hit[:, rows]


def execute_by_account(side, rows, hit, x, consumed, market, fund, bad, social, liquidated):
    quantity = hit * side.quantity[:, None]
    total = quantity.sum(axis=0)
    price = trade(side, rows, total, x, consumed, market)
    equity = (side.margin[:, None] + side.sign * (price - 1.0) - VENUE["bounty"] * price) * quantity
    lost = np.maximum(-equity, 0.0).sum(axis=0)
    fees = np.minimum(np.maximum(equity, 0.0), VENUE["fee"] * price * quantity).sum(axis=0)
    liquidated[rows] += total * price
    pay(rows, lost, fees, fund, bad, social)


class Sorted:
    """How many accounts of every path have fallen."""

    @staticmethod
    def start(side, paths):
        return np.zeros(paths, dtype=np.int64), np.full(paths, side.threshold[0])

    @staticmethod
    def fallen(side, state, oracle):
        fallen, threshold = state
        rows = np.flatnonzero(side.sign * oracle <= threshold)
        if not rows.size:
            return rows, None
        before = fallen[rows]
        # Thresholds fall with the index: count those at or above the price.
        after = np.searchsorted(-side.threshold, -side.sign * oracle[rows], side="right")
        fallen[rows] = after
        bounded = np.append(side.threshold, -np.inf)
        threshold[rows] = bounded[after]
        return rows, (before, after)


def execute_sorted(side, rows, what, x, consumed, market, fund, bad, social, liquidated):
    before, after = what
    total = side.prefix[after] - side.prefix[before]
    price = trade(side, rows, total, x, consumed, market)
    even = side.sign * (1.0 - price) + VENUE["bounty"] * price
    fee = VENUE["fee"] * price
    solvent = np.clip(np.searchsorted(side.margin, even), before, after)
    paying = np.clip(np.searchsorted(side.margin, even + fee), before, after)
    lost = even * (side.prefix[solvent] - side.prefix[before]) - (side.posted[solvent] - side.posted[before])
    partial = (side.posted[paying] - side.posted[solvent]) - even * (side.prefix[paying] - side.prefix[solvent])
    fees = partial + fee * (side.prefix[after] - side.prefix[paying])
    liquidated[rows] += total * price
    pay(rows, np.maximum(lost, 0.0), fees, fund, bad, social)


def numpy_engine(increments, sides, chunk, judge, execute, seed, paths=ENGINE_PATHS):
    rng = np.random.Generator(np.random.SFC64(seed))
    parts = [run_chunk(increments, rng, sides, chunk, judge, execute) for _ in range(paths // chunk)]
    return [np.concatenate(column) for column in zip(*parts)]


def main():
    accounts = json.load(open(sys.argv[1])) if len(sys.argv) > 1 else json.load(sys.stdin)
    sides = [Side(accounts, 1.0), Side(accounts, -1.0)]
    figures = {}
    still = dict(HESTON, xi=1e-4, rho=0.0)
    for name, heston, steps, paths in [
        ("merton_1", still, 1, 400_000), ("merton_64", still, STEPS, 20_000),
        ("bates_1", HESTON, 1, 400_000), ("bates_64", HESTON, STEPS, 20_000),
    ]:
        rate, value, error = quantlib(heston, steps, paths)
        figures[f"quantlib_terminal_{name}_paths_per_second"] = rate
        figures[f"quantlib_terminal_{name}_call"] = value
        figures[f"quantlib_terminal_{name}_call_error"] = error
    for name, increments in [("merton", merton_increments), ("bates", bates_increments)]:
        for kind, judge, execute in [
            ("numpy_rows", ByPath, execute_by_account), ("numpy", ByAccount, execute_by_account),
            ("numpy_sorted", Sorted, execute_sorted),
        ]:
            seconds, (bad, social, liquidated) = best(
                lambda: numpy_engine(increments, sides, CHUNKS[kind], judge, execute, 5))
            figures[f"{kind}_engine_{name}_paths_per_second"] = bad.size / seconds
            for key, column in [
                ("bad_debt", bad), ("socialised", social), ("ruin", social > 0.0), ("liquidated", liquidated),
            ]:
                figures[f"{kind}_engine_{name}_{key}"] = float(np.mean(column))
                figures[f"{kind}_engine_{name}_{key}_error"] = float(np.std(column) / np.sqrt(column.size))
    figures["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
