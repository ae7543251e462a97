"""The references of `validation/pow_oracle.rs`, printed one per line. Needs PyPI's numpy 2 and scipy 1.17."""

import numpy as np
from scipy import integrate, stats


def operating_return(hashprice, energy_price, decline, years):
    """Of a machine of 100 TH/s and 3,000 W at 3,000, written off to 200 in four years, by quadrature."""
    energy = 72 * 1.05 * energy_price
    margin = lambda t: max(0.0, 0.1 * 0.99 * hashprice * np.exp(-decline * t) - energy)
    crossing = np.log(0.1 * 0.99 * hashprice / energy) / decline
    breaks = [crossing] if 0 < crossing < years else None
    mean = integrate.quad(margin, 0, years, points=breaks, epsabs=1e-13, epsrel=1e-13)[0] / years
    return (365 * (0.97 * mean - 0.2) - 700) / 3000


for case in [(100, 0.05, 0.3, 4), (80, 0.08, 0.9, 4), (60, 0.1, -0.5, 2), (250, 0.04, 1.7, 3)]:
    print("operating return", case, repr(operating_return(*case)))

# a day at 99 %, 80 % volatility, a pull of 1.5 a year over an excess of 0.6, capitulation at 0.3 with trust 0.8
z = stats.norm.ppf(0.99)
kept = np.exp(-z * 0.8 * np.sqrt(1 / 365)) * np.exp(-1.5 / 365 * 0.6) * (1 - (0.8 * 0.3 + 0.2) * 0.2)
print("haircut", repr(1 - kept))

# ln(price ÷ cost), an AR(1) with wave-like shocks
x, values = 1.0, []
for day in range(1000):
    values.append(x)
    x += 0.02 * (0.3 - x) + 0.05 * np.sin(12.9898 * day)
level, change = np.array(values[:-1]), np.diff(values)
(constant, slope), *_ = np.linalg.lstsq(np.column_stack([np.ones_like(level), level]), change, rcond=None)
print("speed", repr(-np.log1p(slope) * 365), "mean", repr(-constant / slope))
