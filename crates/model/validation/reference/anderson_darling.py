"""Upper quantiles of the Anderson-Darling statistic of a generalised Pareto fit, both parameters estimated.

The table in `src/hazard/goodness.rs` is this script's output. The null distribution depends on the shape alone
(Choulakian & Stephens 2001), so each row simulates one shape: maximum likelihood on each sample by the profile of
Grimshaw (1993), then the statistic. Needs numpy; takes some minutes.
"""

import numpy as np

SHAPES = [-0.4, -0.2, 0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0]
TAILS = [0.9, 0.75, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001]
SIZE, REPLICATES, BATCH = 250, 20_000, 2_000


def profile(theta, y):
    shape = np.log1p(theta[:, None] * y).mean(axis=1)
    return -(np.log(shape / theta) + 1.0 + shape)


def fit(y):
    top = y.max(axis=1)
    mean = y.mean(axis=1)
    median = np.median(y, axis=1)
    down = -np.linspace(0.98, 0.02, 25)[:, None] / top
    up = np.geomspace(0.01, 100.0, 40)[:, None] / median
    tiny = 1e-6 / mean
    grid = np.vstack([down, -tiny[None], tiny[None], up])
    values = np.array([profile(theta, y) for theta in grid])
    shapes = np.array([np.log1p(theta[:, None] * y).mean(axis=1) for theta in grid])
    values[shapes < -0.9] = -np.inf
    best = np.clip(values.argmax(axis=0), 1, len(grid) - 2)
    columns = np.arange(len(y))
    low, high = grid[best - 1, columns], grid[best + 1, columns]
    golden = (np.sqrt(5.0) - 1.0) / 2.0
    for _ in range(45):
        left, right = high - golden * (high - low), low + golden * (high - low)
        left = np.where(left == 0.0, tiny, left)
        right = np.where(right == 0.0, tiny, right)
        keep_left = profile(left, y) > profile(right, y)
        low, high = np.where(keep_left, low, left), np.where(keep_left, right, high)
    theta = (low + high) / 2.0
    shape = np.log1p(theta[:, None] * y).mean(axis=1)
    return shape, shape / theta


def statistic(y):
    y = np.sort(y, axis=1)
    shape, scale = fit(y)
    log_survival = -np.log1p(shape[:, None] * y / scale[:, None]) / shape[:, None]
    log_cdf = np.log(-np.expm1(log_survival))
    n = y.shape[1]
    weights = 2.0 * np.arange(1, n + 1) - 1.0
    return -n - (weights * (log_cdf + log_survival[:, ::-1])).mean(axis=1)


def main():
    rng = np.random.default_rng(20010928)
    for shape in SHAPES:
        collected = []
        for _ in range(REPLICATES // BATCH):
            e = rng.exponential(size=(BATCH, SIZE))
            collected.append(statistic(e if shape == 0.0 else np.expm1(shape * e) / shape))
        quantiles = np.quantile(np.concatenate(collected), [1.0 - p for p in TAILS])
        print(shape, ", ".join(f"{q:.4f}" for q in quantiles), flush=True)


if __name__ == "__main__":
    main()
