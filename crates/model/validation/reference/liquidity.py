"""References for validation/liquidity.rs. Needs scipy and numpy.

Pools in the integers of their contracts, the split by a general optimiser, the losses by simulation.
"""

import math

import numpy
import scipy
from scipy.optimize import minimize
from scipy.stats import norm

print("scipy", scipy.__version__, "numpy", numpy.__version__)


# Curve: get_D and get_y of the StableSwap contract (vyper, 2020) in integers with 18 decimals.
def get_d(balances, ann):
    n, total = len(balances), sum(balances)
    d = total
    while True:
        dp = d
        for balance in balances:
            dp = dp * d // (balance * n)
        before = d
        d = (ann * total + dp * n) * d // ((ann - 1) * d + (n + 1) * dp)
        if abs(d - before) <= 1:
            return d


def get_y(balances, ann, i, j, x):
    n, d = len(balances), get_d(balances, ann)
    c, total = d, 0
    for k in range(n):
        if k != j:
            held = x if k == i else balances[k]
            total += held
            c = c * d // (held * n)
    c = c * d // (ann * n)
    b = total + d // ann
    y = d
    while True:
        before = y
        y = (y * y + c) // (2 * y + b - d)
        if abs(y - before) <= 1:
            return y


E18 = 10**18
for balances, a, i, j, dx in (
    ((1_200_000, 900_000, 400_000), 100, 0, 2, 100_000),
    ((5_000_000, 250_000), 85, 0, 1, 200_000),
    ((3e6, 3e6, 2e6, 1e6), 2000, 3, 0, 500_000),
):
    units = [int(b) * E18 for b in balances]
    ann = a * len(units)
    out = units[j] - get_y(units, ann, i, j, units[i] + dx * E18)
    print("stable", balances, a, dx, get_d(units, ann) / E18, out / E18)

# Uniswap v3: a sale of token 0 down three ranges in Q64.96 integers (SqrtPriceMath, SwapMath; fee 3000).
Q96 = 1 << 96


def tick_sqrt(tick):
    return int(math.sqrt(1.0001) ** tick * Q96)


def v3_sale(amount, ranges, sqrt_price):
    amount_in, out = amount * (1_000_000 - 3000) // 1_000_000, 0
    for lower, liquidity in ranges:
        target = tick_sqrt(lower)
        need = (liquidity * (sqrt_price - target) << 96) // (sqrt_price * target)
        if amount_in >= need:
            reached, amount_in = target, amount_in - need
        else:
            reached = -(-(liquidity << 96) * sqrt_price // ((liquidity << 96) + amount_in * sqrt_price))
            amount_in = 0
        out += liquidity * (sqrt_price - reached) // Q96
        sqrt_price = reached
        if not amount_in:
            break
    return out


RANGES = ((49_980, 40_000 * E18), (49_800, 25_000 * E18), (49_200, 90_000 * E18))
for amount in (1, 8, 90):
    print("v3", amount, v3_sale(amount * E18, RANGES, tick_sqrt(50_010)) / E18)


# The split over three pools: SLSQP on the proceeds.
def pool(x, y, fee):
    return lambda q: y * (1 - fee) * q / (x + (1 - fee) * q)


venues = [pool(1000, 150_000, 0.003), pool(300, 45_300, 0.0005), pool(5000, 745_000, 0.01)]
best = minimize(
    lambda q: -sum(venue(amount) for venue, amount in zip(venues, q)) / 1e4,
    [20, 20, 20],
    constraints={"type": "eq", "fun": lambda q: sum(q) - 60},
    bounds=[(0, 60)] * 3,
    method="SLSQP",
    options={"ftol": 1e-15, "maxiter": 1000},
)
print("split", list(best.x), -best.fun * 1e4)

# Obizhaeva & Wang: the cheapest schedule over 401 slices of a refilling book, from its linear first-order conditions.
N, KT = 400, 3.0
decay = numpy.exp(-KT / N)
kernel = decay ** numpy.abs(numpy.subtract.outer(numpy.arange(N + 1), numpy.arange(N + 1)))
solved = numpy.linalg.solve(kernel, numpy.ones(N + 1))
print("execution, transient share at kappa T = 3:", 1 / solved.sum())


# Arbitrage against a constant-product pool of value 1: profit per block / block time, with its standard error.
def arbitrage(sigma, fee, interval, poisson, blocks=4_000_000, paths=20_000, seed=1):
    rng = numpy.random.default_rng(seed)
    gap = rng.uniform(-fee, fee, paths) if fee > 0 else numpy.zeros(paths)
    steps = blocks // paths
    burn = steps // 4
    total, trades = numpy.zeros(paths), 0
    for step in range(steps + burn):
        years = rng.exponential(interval, paths) if poisson else interval
        gap += sigma * numpy.sqrt(years) * rng.standard_normal(paths)
        over = numpy.abs(gap) - fee
        hit = over > 0
        if step >= burn:
            gain = numpy.exp(numpy.sign(gap) * fee / 2) * (numpy.cosh(over / 2) - 1)
            total += numpy.where(hit, gain, 0)
            trades += hit.sum()
        gap = numpy.clip(gap, -fee, fee)
    mean = total / steps / interval
    return mean.mean(), mean.std(ddof=1) / math.sqrt(paths), trades / (steps * paths)


DAY = 1 / 365
for sigma, fee, interval, poisson in (
    (0.8, 0.003, DAY / 24, True),
    (1.2, 0.01, DAY / 4, True),
    (0.6, 0.0005, 12 / 31_536_000, True),
    (0.8, 0.01, DAY / 24, False),
    (1.2, 0.01, DAY / 24, False),
    (0.6, 0.0005, 12 / 31_536_000, False),
):
    print("lvr", sigma, fee, interval, poisson, arbitrage(sigma, fee, interval, poisson))


# Fixed blocks: second moment of the overshoot of a unit Gaussian walk clipped to [-g, g], as a share of its variance. The
# stationary law has a density and two atoms; its integral equation is solved at Gauss-Legendre nodes (Nystrom).
def overshoot(g, n=200):
    x, w = numpy.polynomial.legendre.leggauss(n)
    x, w = g * x, g * w
    kernel = norm.pdf(x[:, None] - x[None, :]) * w[None, :]
    density = numpy.linalg.solve(numpy.eye(n) - kernel, norm.pdf(x - g) + norm.pdf(x + g))
    atom = 1 / (2 + (w * density).sum())

    def excess(d):
        return (1 + d * d) * norm.sf(d) - d * norm.pdf(d)

    inner = (w * density * (excess(g - x) + excess(g + x))).sum()
    return atom * (inner + 2 * (excess(0) + excess(2 * g)))


for g in (0.01, 0.1, 0.5, 1.0, 2.0, 5.0):
    print("fixed blocks", g, overshoot(g))


# A feed with deviation band, heartbeat and delay: excess per cycle and cycle length, exact exits by a Brownian bridge.
def feed(sigma, delta, heartbeat, delay, fee, paths=400_000, steps=400, seed=2):
    rng = numpy.random.default_rng(seed)
    dt = heartbeat / steps
    s = sigma * math.sqrt(dt)
    x, time = numpy.zeros(paths), numpy.full(paths, heartbeat)
    alive = numpy.arange(paths)
    for step in range(steps):
        start = x[alive]
        end = start + s * rng.standard_normal(alive.size)
        up = numpy.where(end >= delta, 1.0, numpy.exp(-2 * (delta - start) * (delta - end).clip(0) / s**2))
        down = numpy.where(end <= -delta, 1.0, numpy.exp(-2 * (delta + start) * (delta + end).clip(0) / s**2))
        draw = rng.random(alive.size)
        out_up = draw < up
        out_down = ~out_up & (draw < up + down)
        x[alive] = numpy.where(out_up, delta, numpy.where(out_down, -delta, end))
        out = out_up | out_down
        time[alive[out]] = (step + 0.5) * dt
        alive = alive[~out]
    x += sigma * math.sqrt(delay) * rng.standard_normal(paths)
    gain = numpy.maximum(numpy.abs(x) - fee, 0)
    root = math.sqrt(paths)
    return gain.mean(), gain.std() / root, time.mean() + delay, time.std() / root, alive.size / paths


SECOND = 1 / 31_536_000
for case in (
    (0.8, 0.005, 1200 * SECOND, 20 * SECOND, 0.001),
    (0.5, 0.005, 3600 * SECOND, 12 * SECOND, 0.004),
    (0.9, 0.02, 3600 * SECOND, 60 * SECOND, 0.0),
):
    print("feed", case, feed(*case))
