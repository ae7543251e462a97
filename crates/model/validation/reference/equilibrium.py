"""Reference values of validation/equilibrium.rs: the composition written out again, solved by scipy's brentq, moved by
central differences, and its feedback in time linearised numerically (numpy eigenvalues).

pip install scipy; the values in equilibrium.rs were printed by scipy 1.17.1 and numpy 2.4.6.
"""

import numpy as np
from scipy.optimize import brentq

BASE = dict(
    s=0.07, p=0.02, b=0.03, l=0.004, o=0.006, q=0.01, d=0.06, w=0.4, u=0.8, c=0.9, kink=0.9, s1=0.045, s2=0.6, knee=0.75,
    us=2.0, ucap=0.5, cs=0.5, ccap=0.3, ms=0.8, mcap=1.0, band=0.05, base=0.09, ru=-1.0, rq=-0.02, h0=0.1, m0=1.0,
)


def rise(x, u):
    return x["s1"] * u / x["kink"] if u <= x["kink"] else x["s1"] + x["s2"] * (u - x["kink"]) / (1 - x["kink"])


def multiplier(x, h):
    return 1 + min(x["mcap"], x["ms"] * max(0.0, h / x["base"] - 1 - x["band"]))


def phi(x, h):
    u = min(1.0, max(0.0, x["u"] + x["ru"] * (h - x["h0"])))
    equity = x["s"] + x["p"] + x["b"]
    wacc = x["w"] * equity + (1 - x["w"]) * (x["d"] + rise(x, u) - rise(x, x["u"]))
    mu = 1 + min(x["ucap"], x["us"] * max(0.0, u - x["knee"]))
    mc = 1 + min(x["ccap"], x["cs"] * max(0.0, 1 - x["c"]))
    tail = max(0.0, x["q"] + x["rq"] * (multiplier(x, h) - x["m0"]))
    return mu * mc * wacc + x["l"] + x["o"] + tail


def solve(x):
    return brentq(lambda h: phi(x, h) - h, 0.0, 2.0, xtol=1e-16, rtol=8.9e-16)


print("h", repr(solve(BASE)))
for key in ("s", "d", "w", "u", "c", "kink", "s1", "us", "ms", "base", "ru", "rq"):
    step = 1e-6
    up, down = dict(BASE), dict(BASE)
    up[key] += step
    down[key] -= step
    print("dh/d" + key, repr((solve(up) - solve(down)) / (2 * step)))

# The loop in time: the market's true responses differ from the keeper's, it answers with a half-life of a day, publications
# are hourly, a falling multiplier has a half-life of half a day, a rising one is followed at once.
r, s = -1.2, -0.03
answered, loosened = 1 - 2.0 ** (-1 / 24), 1 - 2.0 ** (-1 / 12)
true = dict(BASE, ru=r, rq=s)
rest_h = solve(true)
rest = np.array([rest_h, BASE["u"] + r * (rest_h - BASE["h0"]), multiplier(BASE, rest_h)])


def step(state, followed):
    h, u, m = state
    seen = dict(
        BASE, u=u, d=BASE["d"] + rise(BASE, u) - rise(BASE, BASE["u"]), q=BASE["q"] + s * (m - BASE["m0"]), h0=h, m0=m
    )
    h = solve(seen)
    u += answered * (BASE["u"] + r * (h - BASE["h0"]) - u)
    m += followed * (multiplier(BASE, h) - m)
    return np.array([h, u, m])


for followed in (1.0, loosened):
    e = 1e-6
    jacobian = np.column_stack(
        [(step(rest + e * d, followed) - step(rest - e * d, followed)) / (2 * e) for d in np.eye(3)]
    )
    print("spectral radius", repr(float(max(abs(np.linalg.eigvals(jacobian))))))
print("rest", repr(rest.tolist()))
