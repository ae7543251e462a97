"""Reference values of validation/regression.rs: statsmodels (OLS, HAC) and arch (automatic bandwidth).

pip install statsmodels arch; the values in regression.rs were printed by statsmodels 0.15.0 and arch 8.0.0.
The series is generated, not recorded: twelve uniform draws of Knuth's MMIX generator less six stand for a normal one, so
that no library function differs between the languages.
"""

import numpy as np
import statsmodels.api as sm
from arch.covariance.kernel import Bartlett


def draws(seed):
    state = seed
    while True:
        total = 0.0
        for _ in range(12):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            total += (state >> 11) / 2**53
        yield total - 6.0


def series(n=500):
    normal = draws(2026)
    market, error, factors, returns = 0.0, 0.0, [], []
    for _ in range(n):
        market = 0.5 * market + next(normal)
        error = 0.6 * error + next(normal)
        spike = max(0.0, next(normal) - 1.0)
        factors.append([market, spike])
        returns.append(0.1 + 0.7 * market - 0.4 * spike + 0.5 * error * (1.0 + 0.3 * abs(market)))
    return np.array(returns), np.array(factors)


y, x = series()
design = sm.add_constant(x)
for lags in (0, 5, 20):
    fit = sm.OLS(y, design).fit(cov_type="HAC", cov_kwds={"maxlags": lags})
    print("lags", lags, "bse", [repr(float(v)) for v in fit.bse], "cov12", repr(float(fit.cov_params()[1, 2])))
print("params", [repr(float(v)) for v in fit.params], "r2", repr(float(fit.rsquared)))

# The first 100 observations: there the rule 4·(n/100)^(2/9) for the pilot lags is the whole number 4, which arch rounds up
# and Newey & West round down.
y, x = y[:100], x[:100]
design = sm.add_constant(x)
fit = sm.OLS(y, design).fit()
scores = design * fit.resid[:, None]
kernel = Bartlett(scores, center=False, weights=np.array([0.0, 1.0, 1.0]), force_int=False)
print("newey-west 1994 bandwidth", repr(float(kernel.opt_bandwidth)))

top = bottom = 0.0
for column in (1, 2):
    s = scores[:, column]
    rho = float(s[1:] @ s[:-1] / (s[:-1] @ s[:-1]))
    sigma2 = float(np.sum((s[1:] - rho * s[:-1]) ** 2))
    top += 4 * rho**2 * sigma2**2 / ((1 - rho) ** 6 * (1 + rho) ** 2)
    bottom += sigma2**2 / (1 - rho) ** 4
print("andrews 1991 bandwidth", repr(1.5 ** (1 / 3) * (top / bottom * len(y)) ** (1 / 3)))
