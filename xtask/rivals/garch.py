"""Times PyPI arch's GARCH(1,1) and GJR-GARCH(1,1) fits on a file of returns, one per line: garch.py FILE [SECONDS].

Prints JSON as the example `bench_garch` of hurdle-model does. Fair to arch: its compiled recursions, warmed up, output
off, the data in memory, the model object made once where arch allows it. `median_seconds` is the fit with robust standard
errors, which hurdle-model's fit includes; `median_seconds_without_errors` is arch's `fit` alone, which leaves them to be
computed when they are first asked for.
"""

import json
import pathlib
import statistics
import sys
import time

import arch
import numpy as np
from arch import arch_model


def read(path):
    lines = pathlib.Path(path).read_text().splitlines()
    try:
        float(lines[0])
    except ValueError:
        lines = lines[1:]
    return np.array([float(line) for line in lines])


def measure(run, budget):
    for _ in range(3):
        run()
    times, start = [], time.perf_counter()
    while len(times) < 11 or time.perf_counter() - start < budget:
        before = time.perf_counter()
        run()
        times.append(time.perf_counter() - before)
    return statistics.median(times), min(times), len(times)


def main():
    returns = read(sys.argv[1])
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 2.0
    fits = []
    for name, o in (("garch", 0), ("gjr", 1)):
        model = arch_model(returns, mean="Constant", vol="GARCH", p=1, o=o, q=1, rescale=False)
        fit = lambda: model.fit(disp="off", cov_type="robust")
        alone, alone_fastest, _ = measure(fit, seconds)
        whole, fastest, repetitions = measure(lambda: fit().std_err, seconds)
        fits.append(
            {
                "model": name,
                "median_seconds": whole,
                "fastest_seconds": fastest,
                "median_seconds_without_errors": alone,
                "fastest_seconds_without_errors": alone_fastest,
                "repetitions": repetitions,
                "log_likelihood": round(fit().loglikelihood, 6),
            }
        )
    recursions = sys.modules["arch.univariate.volatility"].rec.__name__
    print(json.dumps({"arch": arch.__version__, "recursions": recursions, "returns": len(returns), "fits": fits}))


if __name__ == "__main__":
    main()
