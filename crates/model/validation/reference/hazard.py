"""References for `validation/hazard.rs`: statsmodels 0.15.0 and scipy 1.17.1 on series that both sides generate alike.

Prints one constant per check. The generator is SplitMix64, the same as in the Rust file.
"""

import numpy as np
import statsmodels.api as sm
from scipy import optimize, stats
from statsmodels.discrete.discrete_model import NegativeBinomial

MASK = (1 << 64) - 1


class SplitMix:
    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) >> 11) / float(1 << 53)


def show(name, value):
    print(f"{name} = {value:.15e}")


def binary_sample():
    """300 rows: intercept, a uniform regressor, a dummy; outcomes by the complementary log-log."""
    rng = SplitMix(41)
    x, y = [], []
    for i in range(300):
        u, d = 2.0 * rng.uniform() - 1.0, float(i % 3 == 0)
        rate = np.exp(-1.2 + 0.9 * u + 0.6 * d)
        x.append([1.0, u, d])
        y.append(float(rng.uniform() < 1.0 - np.exp(-rate)))
    return np.array(x), np.array(y)


def binary():
    x, y = binary_sample()
    for name, link in [("logit", sm.families.links.Logit()), ("cloglog", sm.families.links.CLogLog())]:
        model = sm.GLM(y, x, family=sm.families.Binomial(link))
        # Newton to the last digits from statsmodels' own optimum, with its own score and observed information
        beta = model.fit(tol=1e-14).params
        for _ in range(5):
            beta = beta - np.linalg.solve(model.hessian(beta, observed=True), model.score(beta))
        errors = np.sqrt(np.diag(np.linalg.inv(-model.hessian(beta, observed=True))))
        for j in range(3):
            show(f"{name}_beta_{j}", beta[j])
        show(f"{name}_error_1", errors[1])
        show(f"{name}_log_likelihood", model.loglike(beta))
        # ridge: the same score and information with the penalty added
        penalty = np.array([0.0, 4.0, 4.0])
        ridge = np.zeros(3)
        for _ in range(60):
            step = np.linalg.solve(
                -model.hessian(ridge, observed=True) + np.diag(penalty), model.score(ridge) - penalty * ridge
            )
            ridge = ridge + step
        show(f"{name}_ridge_1", ridge[1])
        show(f"{name}_ridge_2", ridge[2])


def pareto():
    rng = SplitMix(43)
    y = np.array([2.5 * np.expm1(-0.6 * np.log(1.0 - rng.uniform())) / 0.6 for _ in range(150)])

    def minus(p):
        return -stats.genpareto.logpdf(y, p[0], scale=np.exp(p[1])).sum()

    start = stats.genpareto.fit(y, floc=0.0)
    best = optimize.minimize(minus, [start[0], np.log(start[2])], method="Nelder-Mead", options=dict(xatol=1e-12, fatol=1e-13, maxiter=10_000))
    shape, scale = best.x[0], np.exp(best.x[1])
    show("pareto_shape", shape)
    show("pareto_scale", scale)
    show("pareto_log_likelihood", -best.fun)

    def profile(xi):
        inner = optimize.minimize_scalar(lambda s: minus([xi, s]), bracket=(best.x[1] - 0.2, best.x[1] + 0.2), tol=1e-13)
        return 2.0 * (inner.fun - best.fun) - stats.chi2.ppf(0.95, 1)

    show("pareto_low", optimize.brentq(profile, shape - 1.0, shape, xtol=1e-12))
    show("pareto_high", optimize.brentq(profile, shape, shape + 1.0, xtol=1e-12))
    n = len(y)
    z = np.sort(stats.genpareto.cdf(y, shape, scale=scale))
    i = np.arange(1, n + 1)
    show("pareto_anderson_darling", -n - np.mean((2 * i - 1) * (np.log(z) + np.log1p(-z[::-1]))))
    show("pareto_survival", stats.genpareto.sf(7.0, 0.6, scale=2.5))
    show("pareto_limited_mean", stats.genpareto.expect(lambda v: min(v, 7.0), args=(0.6,), scale=2.5, ub=7.0) + 7.0 * stats.genpareto.sf(7.0, 0.6, scale=2.5))


def counts():
    """60 counts whose mean falls with time, with a common factor."""
    rng = SplitMix(47)
    x, y = [], []
    for i in range(60):
        t = i / 60.0
        factor = -(np.log(1.0 - rng.uniform()) + np.log(1.0 - rng.uniform())) / 2.0
        limit, product, n = np.exp(-np.exp(2.3 - 0.8 * t) * factor), rng.uniform(), 0
        while product > limit:
            product *= rng.uniform()
            n += 1
        x.append([1.0, t])
        y.append(n)
    x, y = np.array(x), np.array(y)
    poisson = sm.Poisson(y, x).fit(disp=0, method="newton", tol=1e-14)
    nb = NegativeBinomial(y, x, loglike_method="nb2")
    fit = nb.fit(disp=0, method="bfgs", gtol=1e-10, maxiter=5000)
    fit = nb.fit(start_params=fit.params, disp=0, method="newton", tol=1e-14, maxiter=200)
    show("poisson_beta_1", poisson.params[1])
    show("poisson_error_1", poisson.bse[1])
    show("poisson_log_likelihood", poisson.llf)
    show("negative_binomial_beta_1", fit.params[1])
    show("negative_binomial_error_1", fit.bse[1])
    show("negative_binomial_alpha", fit.params[2])
    show("negative_binomial_alpha_error", fit.bse[2])
    show("negative_binomial_log_likelihood", fit.llf)
    mu = poisson.predict()
    auxiliary = sm.OLS(((y - mu) ** 2 - y) / mu, mu).fit()
    show("cameron_trivedi_t", auxiliary.tvalues[0])
    show("boundary_p", 0.5 * stats.chi2.sf(2.0 * (fit.llf - poisson.llf), 1))
    show("index", y.var(ddof=1) / y.mean())
    show("index_p", stats.chi2.sf(y.var(ddof=1) / y.mean() * 59, 59))


if __name__ == "__main__":
    binary()
    pareto()
    counts()
