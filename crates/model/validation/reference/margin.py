"""Reference values of validation/margin.rs: scipy.

pip install scipy; the values in margin.rs were printed by scipy 1.17.1. Breaches and losses are drawn from Knuth's MMIX
generator, so that both languages draw the same.
"""

import numpy as np
from scipy import optimize, stats
from scipy.special import xlog1py, xlogy


def uniforms(seed):
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield (state >> 11) / 2**53


def kupiec(x, n, p):
    def likelihood(q):
        return xlogy(x, q) + xlog1py(n - x, -q)

    statistic = 2 * (likelihood(x / n) - likelihood(p))
    return statistic, stats.chi2.sf(statistic, 1)


def independence(hits):
    moves = np.zeros((2, 2))
    for before, after in zip(hits[:-1], hits[1:]):
        moves[int(before), int(after)] += 1

    def row(misses, hits):
        share = hits / (misses + hits)
        return xlogy(hits, share) + xlog1py(misses, -share)

    return 2 * (row(*moves[0]) + row(*moves[1]) - row(*(moves[0] + moves[1])))


def duration(hits):
    at = np.flatnonzero(hits)
    whole = np.diff(at).astype(float)
    censored = np.array([at[0], len(hits) - 1 - at[-1]], float)

    def likelihood(log_theta, log_shape):
        theta, shape = np.exp(log_theta), np.exp(log_shape)
        inside = np.exp(-theta * (whole - 1) ** shape) - np.exp(-theta * whole**shape)
        return np.sum(np.log(inside)) - theta * np.sum(censored**shape)

    start = [np.log(len(whole) / (whole.sum() + censored.sum())), 0.0]
    options = dict(xatol=1e-12, fatol=1e-13, maxiter=20000)
    free = optimize.minimize(lambda t: -likelihood(*t), start, method="Nelder-Mead", options=options)
    bound = optimize.minimize_scalar(lambda t: -likelihood(t, 0.0), bracket=(-8.0, 0.0), tol=1e-14)
    return 2 * (bound.fun - free.fun)


for x, n in ((7, 255), (11, 250), (0, 250), (20, 1000)):
    print("kupiec", x, n, *map(repr, map(float, kupiec(x, n, 0.01))), "tail", repr(float(stats.binom.sf(x - 1, n, 0.01))))

draw, before, hits = uniforms(11), False, []
for _ in range(800):
    before = next(draw) < (0.35 if before else 0.03)
    hits.append(before)
hits = np.array(hits)
uc, ind, dur = kupiec(int(hits.sum()), 800, 0.05)[0], independence(hits), duration(hits)
print("clustered", int(hits.sum()), repr(float(uc)), repr(float(ind)), repr(float(dur)))
print("p", *(repr(float(p)) for p in (stats.chi2.sf(ind, 1), stats.chi2.sf(uc + ind, 2), stats.chi2.sf(dur, 1))))

# Losses with a Pareto tail: P(loss > x) = (1 + 0.3·x)^(−1/0.3).
draw = uniforms(5)
losses = np.array([((1 - next(draw)) ** -0.3 - 1) / 0.3 for _ in range(4000)])
ordered = np.sort(losses)
threshold = ordered[len(losses) - 400 - 1]
excesses = losses[losses > threshold] - threshold


def negative(parameters):
    return -np.sum(stats.genpareto.logpdf(excesses, parameters[0], scale=np.exp(parameters[1])))


fit = optimize.minimize(negative, [0.2, 0.0], method="Nelder-Mead", options=dict(xatol=1e-13, fatol=1e-13, maxiter=20000))
shape, scale = fit.x[0], np.exp(fit.x[1])
share = len(excesses) / len(losses)
print("pareto", repr(float(shape)), repr(float(scale)))
for level in (0.99, 0.999):
    quantile = threshold + stats.genpareto.ppf(1 - (1 - level) / share, shape, scale=scale)
    mean = quantile + (scale + shape * (quantile - threshold)) / (1 - shape)
    print("tail", level, repr(float(quantile)), repr(float(mean)))
for p in (1e-12, 0.2, 0.999):
    print("norm.ppf", p, repr(float(stats.norm.ppf(p))))
z2 = 1 - np.sum(losses[losses > 9.0]) / (len(losses) * 0.01 * 14.0)
print("acerbi-szekely", repr(float(z2)))
