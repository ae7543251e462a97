"""The references of `validation/pow_efficiency.rs`, printed one per line. Needs PyPI's numpy 2 and scipy 1.17; the figures
from records also the recorded days (HURDLE_DATA, the folder that holds pow/).
"""

import csv
import os
import pathlib
from decimal import Decimal, getcontext
from math import comb

import numpy as np
from scipy import integrate, optimize, stats

getcontext().prec = 120


def mixture(x, blocks, subsidy, fees, variation):
    """P(Σ(subsidy + gamma fees) ≤ x) over a Poisson number of blocks."""
    shape, scale = 1 / variation**2, fees * variation**2
    n = np.arange(1, 400)
    terms = stats.poisson.pmf(n, blocks) * stats.gamma.cdf(x - n * subsidy, n * shape, scale=scale)
    return stats.poisson.pmf(0, blocks) * (x >= 0) + terms.sum()


def skewness_of(blocks, subsidy, fees, variation):
    """From the cumulants λ·E[Yᵏ], by quadrature of the gamma density."""
    density = stats.gamma(1 / variation**2, scale=fees * variation**2)
    moment = lambda k: density.expect(lambda f: (subsidy + f) ** k)
    return moment(3) / (moment(2) ** 1.5 * blocks**0.5)


def ruin(cash, expenses, rate, size, days):
    """Ruin of a miner with equal rewards: given n rewards, their times are ordered uniforms that must each come before the
    cash is gone; their joint probability by Bolshev's recursion (Shorack & Wellner 1986, ch. 9), in 120 digits."""
    cash, expenses, rate, size, days = (Decimal(str(v)) for v in (cash, expenses, rate, size, days))
    bound = lambda k: min(Decimal(1), (cash + (k - 1) * size) / expenses / days)
    below, survival = [Decimal(1)], Decimal(0)
    weight = (-rate * days).exp()
    for n in range(0, 400):
        if n > 0:
            below.append(1 - sum(comb(n, k) * below[k] * (1 - bound(k + 1)) ** (n - k) for k in range(n)))
            weight *= rate * days / n
        # the cash must also last from the last reward to the end
        lasts = (cash + n * size) / expenses > days
        survival += weight * below[n] if lasts else Decimal(0)
    return float(1 - survival)


def exponent(subsidy, fees, variation, paid):
    """κ with E[exp(−κY)] = 1 − κ·paid."""
    density = stats.gamma(1 / variation**2, scale=fees * variation**2)
    gap = lambda k: density.expect(lambda f: np.exp(-k * (subsidy + f))) - 1 + k * paid
    return optimize.brentq(gap, 1e-3, 1 / paid, xtol=1e-15)


def machine(price, income, cost, decline, life, salvage, hurdle):
    """Value at the hurdle rate, rate of return and discounted payback, by quadrature and bracketing."""
    service = min(life, np.log(income / cost) / decline)
    flow = lambda t, r: (income * np.exp(-decline * t) - cost) * (1 + r) ** -t
    value = lambda r: integrate.quad(flow, 0, service, args=(r,), epsabs=1e-12)[0] + salvage * (1 + r) ** -service
    irr = optimize.brentq(lambda r: value(r) - price, -0.9, 10, xtol=1e-15)
    paid = lambda t: integrate.quad(flow, 0, t, args=(hurdle,), epsabs=1e-12)[0] - price
    return value(hurdle) - price, irr, optimize.brentq(paid, 0, service, xtol=1e-14)


def derivatives():
    """Operating profit and EBITDA margin of two types of machines, derived by central differences in 120 digits."""
    d = lambda v: Decimal(str(v))
    machines = [(d(104), d(3068), d(1000), d(4000), d(200), d(4)), (d(68), d(3360), d(500), d(1500), d(100), d(3))]
    uptime, overhead, fee, operation, subsidy = d(0.97), d(1.05), d(0.01), d(1500), d(6.25)

    def figures(price, difficulty, fees, energy_price):
        hashprice = price * (subsidy + fees) * d(10) ** 15 * 86400 / (difficulty * 2**32)
        revenue = sum(n * h / 1000 for h, _, n, _, _, _ in machines) * uptime * hashprice
        energy = sum(n * w * 24 / 1000 for _, w, n, _, _, _ in machines) * uptime * overhead * energy_price
        written = sum(n * (p - s) / (life * 365) for _, _, n, p, s, life in machines)
        ebitda = revenue * (1 - fee) - energy - operation
        return ebitda - written, ebitda / revenue

    at = [d(40000), d("2.5e13"), d(0.4), d(0.05)]
    step = d("1e-30")

    def moved(*moves):
        x = list(at)
        for index, sign in moves:
            x[index] += sign * step * at[index]
        return figures(*x)

    for k, name in enumerate(("profit", "margin")):
        print(name, float(figures(*at)[k]))
        for i in range(4):
            first = (moved((i, 1))[k] - moved((i, -1))[k]) / (2 * step * at[i])
            print(f"{name} {i}", float(first))
        for i, j in ((0, 1), (0, 3), (1, 1), (1, 2), (1, 3), (2, 2)):
            second = sum(s * t * moved((i, s), (j, t))[k] for s in (1, -1) for t in (1, -1))
            print(f"{name} {i} {j}", float(second / (4 * step * step * at[i] * at[j])))


def recorded():
    """Fees of BTC's recorded days from 2017 to 2020, with NumPy."""
    root = pathlib.Path(os.environ["HURDLE_DATA"]) / "pow"
    with open(root / "btc_daily_with_difficulty_to_2021-05.csv") as file:
        days = [row for row in csv.DictReader(file) if "2017" <= row["time"] < "2021"]
    column = lambda name: np.array([float(row[name]) for row in days])
    fees, blocks, issuance = column("FeeTotNtv"), column("BlkCnt"), column("IssTotNtv")
    means = fees / blocks
    print("fees", fees.sum() / blocks.sum(), means.std(ddof=1) / means.mean(), fees.sum() / (fees + issuance).sum(),
          np.corrcoef(means[:-1], means[1:])[0, 1])


print("at most 3 of 2.5", stats.poisson.cdf(3, 2.5))
print("at most 100040 of 1e5", stats.poisson.cdf(100_040, 1e5))
for x in (0.0, 6.0, 13.0, 30.0):
    print("mixture", x, mixture(x, 3.0, 3.125, 0.8, 1.5))
print("quantile", optimize.brentq(lambda x: mixture(x, 3.0, 3.125, 0.8, 1.5) - 0.95, 1, 60, xtol=1e-13))
print("skewness", skewness_of(3.0, 3.125, 0.8, 1.5))
for days in (20, 60, 365):
    print("ruin", days, ruin(10, 0.8, 0.25, 4, days))
print("exponent", exponent(3.125, 0.8, 1.5, 3.8))
print("machine", *machine(1800, 3000, 1400, 0.2, 5, 200, 0.15))
derivatives()
if "HURDLE_DATA" in os.environ:
    recorded()
