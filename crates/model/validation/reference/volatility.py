"""Reference values of volatility models, from libraries and formulas that share nothing with this crate.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install arch==8.0.0 statsmodels pandas
    /tmp/reference/bin/python volatility.py --data DIR > volatility.csv

DIR holds prices/*_1d_*.csv (see tests/recorded data); without it only the synthetic series is done.

GARCH: the likelihood is PyPI arch's own (its backcast, its variance bounds). arch stops its SLSQP at ftol 1e-6, some
four digits from the optimum; its answer is therefore polished: Newton's method on arch's log-likelihood, with
derivatives by central differences of sixth order. `arch_log_likelihood` is what arch itself had reached.
"""

import argparse
import csv
import math
import pathlib
import sys

import numpy as np
import pandas as pd
import statsmodels.api as sm
from arch import arch_model

MASK = (1 << 64) - 1


class SplitMix:
    """Vigna's SplitMix64 with Box-Muller normals, as in src/testing.rs."""

    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) >> 11) / float(1 << 53)

    def normal(self):
        radius = math.sqrt(-2.0 * math.log(1.0 - self.uniform()))
        return radius * math.cos(2.0 * math.pi * self.uniform())


def synthetic_returns(n=2000):
    """GJR-GARCH with mean 0.05, omega 0.1, alpha 0.05, gamma 0.08, beta 0.88."""
    draw, variance, returns = SplitMix(20), 0.1 / (1 - 0.97), []
    for _ in range(n):
        shock = math.sqrt(variance) * draw.normal()
        returns.append(0.05 + shock)
        variance = 0.1 + (0.05 + (0.08 if shock < 0 else 0.0)) * shock * shock + 0.88 * variance
    return np.array(returns)


def synthetic_bars(n=400):
    """Bars of 48 steps of a random walk, with a jump of the price before each."""
    draw, log, bars = SplitMix(21), 0.0, []
    for _ in range(n):
        log += 0.005 * draw.normal()
        path = [log]
        for _ in range(48):
            log += 0.0002 + 0.004 * draw.normal()
            path.append(log)
        bars.append([math.exp(v) for v in (path[0], max(path), min(path), path[-1])])
    return np.array(bars)


def synthetic_variances(n=600):
    """Realised variances, log-normal around a slowly moving level."""
    draw, level, values = SplitMix(22), 0.0, []
    for _ in range(n):
        level = 0.95 * level + 0.3 * draw.normal()
        values.append(0.002 * math.exp(level + 0.4 * draw.normal()))
    return np.array(values)


def gradient_and_hessian(f, x, scale):
    """By central differences of sixth order (gradient) and fourth (Hessian), in steps of a share of `scale`."""
    n, h = len(x), 0.02
    points = {1: 45 / 60, 2: -9 / 60, 3: 1 / 60}

    def slope(at, i):
        unit = np.zeros(n)
        unit[i] = h * scale[i]
        return sum(w * (f(at + k * unit) - f(at - k * unit)) for k, w in points.items()) / h

    gradient = np.array([slope(x, i) for i in range(n)])
    hessian = np.zeros((n, n))
    for j in range(n):
        unit = np.zeros(n)
        unit[j] = h * scale[j]
        for i in range(n):
            first = slope(x + unit, i) - slope(x - unit, i)
            second = slope(x + 2 * unit, i) - slope(x - 2 * unit, i)
            hessian[i, j] = (8 * first - second) / (12 * h)
    return gradient, 0.5 * (hessian + hessian.T)


def polish(model, fitted):
    volatility = model.volatility
    residuals = model.resids(model.starting_values())
    bounds = volatility.variance_bounds(residuals)
    backcast = volatility.backcast(residuals)
    sigma2 = np.zeros_like(residuals)

    def f(x):
        return model._loglikelihood(x, sigma2, backcast, bounds)

    x = fitted.params.to_numpy().copy()
    scale = np.sqrt(np.diag(model.compute_param_cov(x, backcast, robust=False)))
    for _ in range(30):
        gradient, hessian = gradient_and_hessian(f, x, scale)
        step = np.linalg.solve(hessian, gradient)
        x = x - np.clip(step, -1, 1) * scale
        if np.max(np.abs(step)) < 1e-9:
            break
    else:
        sys.exit(f"not polished: last step {step}")
    # With derivatives this exact the covariances need none of arch's own differences.
    _, hessian = gradient_and_hessian(f, x, scale)

    def individual(x):
        return model._loglikelihood(x, sigma2, backcast, bounds, individual=True)

    points, scores = {1: 45 / 60, 2: -9 / 60, 3: 1 / 60}, []
    for i in range(len(x)):
        unit = np.zeros(len(x))
        unit[i] = 0.02 * scale[i]
        scores.append(sum(w * (individual(x + k * unit) - individual(x - k * unit)) for k, w in points.items()) / 0.02)
    scores = np.array(scores)
    inverse = np.linalg.inv(hessian)
    classical = np.sqrt(np.diag(inverse)) * scale
    robust = np.sqrt(np.diag(inverse @ (scores @ scores.T) @ inverse)) * scale
    return x, -f(x), classical, robust


def garch(emit, name, returns):
    for o, dynamics in ((0, "garch"), (1, "gjr")):
        for mean in ("Zero", "Constant"):
            model = arch_model(returns, mean=mean, vol="GARCH", p=1, o=o, q=1, rescale=False)
            fitted = model.fit(disp="off")
            x, log_likelihood, classical, robust = polish(model, fitted)
            what = f"{dynamics}-{mean.lower()}"
            names = [n.split("[")[0] for n in model._all_parameter_names()]
            for label, values in (("", x), ("classical_", classical), ("robust_", robust)):
                for parameter, value in zip(names, values):
                    emit(name, what, label + parameter, value)
            emit(name, what, "log_likelihood", log_likelihood)
            emit(name, what, "arch_log_likelihood", fitted.loglikelihood)
            k, n = len(x), len(returns)
            emit(name, what, "aic", 2 * k - 2 * log_likelihood)
            emit(name, what, "bic", k * math.log(n) - 2 * log_likelihood)
            fixed = model.fix(x)
            forecast = fixed.forecast(horizon=30).variance.to_numpy()[-1]
            emit(name, what, "variance_1", forecast[0])
            emit(name, what, "variance_30", forecast[29])
            emit(name, what, "integrated_30", forecast.sum())


def ranges(emit, name, bars, steps_per_year):
    o, h, l, c = np.log(bars.T)
    year = steps_per_year
    emit(name, "bars", "close_to_close", math.sqrt(year * np.mean(np.diff(c) ** 2)))
    emit(name, "bars", "parkinson", math.sqrt(year * np.mean((h - l) ** 2) / (4 * math.log(2))))
    gk = 0.5 * (h - l) ** 2 - (2 * math.log(2) - 1) * (c - o) ** 2
    emit(name, "bars", "garman_klass", math.sqrt(year * gk.mean()))
    rs = (h - c) * (h - o) + (l - c) * (l - o)
    emit(name, "bars", "rogers_satchell", math.sqrt(year * rs.mean()))
    n = len(o) - 1
    k = 0.34 / (1.34 + (n + 1) / (n - 1))
    yz = np.var(o[1:] - c[:-1], ddof=1) + k * np.var((c - o)[1:], ddof=1) + (1 - k) * rs[1:].mean()
    emit(name, "bars", "yang_zhang", math.sqrt(year * yz))
    r = np.abs(np.diff(c))
    n = len(r)
    realised = np.sum(r**2)
    bipower = math.pi / 2 * n / (n - 1) * np.sum(r[1:] * r[:-1])
    m43 = 2 ** (2 / 3) * math.gamma(7 / 6) / math.gamma(1 / 2)
    tripower = n * n / (n - 2) * m43**-3 * np.sum((r[2:] * r[1:-1] * r[:-2]) ** (4 / 3))
    quad = n * n / (n - 3) * (math.pi / 2) ** 2 * np.sum(r[3:] * r[2:-1] * r[1:-2] * r[:-3])
    for label, q in (("tripower_z", tripower), ("quad_power_z", quad)):
        theta = math.pi**2 / 4 + math.pi - 5
        z = (1 - bipower / realised) / math.sqrt(theta / n * max(1, q / bipower**2))
        emit(name, "bars", label, z)


def har(emit, name, variances):
    v = pd.Series(variances)
    for ahead in (1, 5):
        for scale in ("levels", "logarithms"):
            f = np.log if scale == "logarithms" else (lambda x: x)
            averages = pd.concat([f(v.rolling(h).mean()) for h in (1, 7, 30)], axis=1)
            target = f(v.rolling(ahead).mean().shift(-ahead))
            rows = averages.notna().all(axis=1) & target.notna()
            x = sm.add_constant(averages[rows].to_numpy())
            n = int(rows.sum())
            lags = max(int(4 * (n / 100) ** (2 / 9)), 2 * ahead)
            fitted = sm.OLS(target[rows].to_numpy(), x).fit(
                cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": False}
            )
            what = f"har-{scale}-{ahead}"
            for label, values in (("", fitted.params), ("se_", fitted.bse)):
                for parameter, value in zip(("constant", "day", "week", "month"), values):
                    emit(name, what, label + parameter, value)
            emit(name, what, "r_squared", fitted.rsquared)
            predicted = float(np.r_[1.0, averages.to_numpy()[-1]] @ fitted.params)
            if scale == "logarithms":
                predicted = math.exp(predicted + 0.5 * np.sum(fitted.resid**2) / (n - 4))
            emit(name, what, "forecast", predicted)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path)
    data = parser.parse_args().data
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["series", "model", "quantity", "value"])

    def emit(*row):
        out.writerow([*row[:3], f"{row[3]:.12g}"])

    garch(emit, "synthetic", synthetic_returns())
    ranges(emit, "synthetic", synthetic_bars(), 365)
    har(emit, "synthetic", synthetic_variances())
    if data is None:
        return
    for asset in ("btc", "eth", "sol"):
        table = pd.read_csv(data / "prices" / f"{asset}_1d_to_2025-08.csv")
        days = pd.to_datetime(table["timestamp"])
        assert (days.diff().dropna() == pd.Timedelta(days=1)).all(), f"{asset} has gaps"
        garch(emit, asset, 100 * np.diff(np.log(table["close"].to_numpy())))
        ranges(emit, asset, table[["open", "high", "low", "close"]].to_numpy(), 365)


if __name__ == "__main__":
    main()
