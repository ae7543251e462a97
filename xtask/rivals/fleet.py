"""The rival of `crates/model/examples/bench_fleet.rs`: the fleet backtest in NumPy, as one JSON object.

fleet.py FILE reads what `bench_fleet input` prints. Vectorised over days and energy prices, a type of machines at a time,
with the temporaries reused. A type runs where its margin is not negative, so its net is max(margin, 0), and its revenue
and days follow from its sorted revenues without another pass over the days. Seconds are CPU seconds of one thread, the
best of several runs, of the faster of the two orders of the axes, the whole at once or in blocks of energy prices that
fit into the cache.
"""

import json
import sys
import time

import numpy as np

REPEATS = 15


def backtest(data, block, by_price):
    hashprices, prices = data["hashprices"], data["prices"]
    days = hashprices.size
    profit, drawdown = np.empty(prices.size), np.empty(prices.size)
    revenue, energy, running = np.zeros(prices.size), np.zeros(prices.size), np.zeros(prices.size)
    terms = []
    for terahash, watts, count in data["types"]:
        on = count * data["uptime"]
        gross = hashprices * (on * terahash / 1e3 * (1.0 - data["pool_fee"]))
        cost = prices * (on * (watts * 24.0 / 1e3) * data["overhead"])
        terms.append((gross, cost))
        ordered = np.sort(gross)
        above = np.concatenate([np.cumsum(ordered[::-1])[::-1], [0.0]])
        first = np.searchsorted(ordered, cost, side="left")
        revenue += above[first]
        energy += cost * (days - first)
        running += days - first
    for start in range(0, prices.size, block):
        part = slice(start, min(start + block, prices.size))
        width = part.stop - part.start
        shape = (width, days) if by_price else (days, width)
        net, margin = np.full(shape, -data["operation"]), np.empty(shape)
        for gross, cost in terms:
            if by_price:
                np.subtract(gross[None, :], cost[part, None], out=margin)
            else:
                np.subtract(gross[:, None], cost[None, part], out=margin)
            np.maximum(margin, 0.0, out=margin)
            net += margin
        axis = 1 if by_price else 0
        total = np.cumsum(net, axis=axis, out=net)
        profit[part] = total[:, -1] if by_price else total[-1]
        peak = np.maximum.accumulate(total, axis=axis, out=margin)
        np.maximum(peak, 0.0, out=peak)
        peak -= total
        drawdown[part] = peak.max(axis=axis)
    return {
        "profit": profit,
        "revenue": revenue / (1.0 - data["pool_fee"]),
        "energy": energy,
        "drawdown": drawdown,
        "running_days": running,
    }


def main():
    data = json.load(open(sys.argv[1]))
    for key in ("hashprices", "prices"):
        data[key] = np.array(data[key])
    best, way, result = float("inf"), None, None
    for by_price in (False, True):
        for block in (4, 10, 25, 50, 100):
            for _ in range(REPEATS):
                start = time.process_time()
                result = backtest(data, block, by_price)
                seconds = time.process_time() - start
                if seconds < best:
                    best, way = seconds, {"block": block, "by_price": by_price}
    figures = {key: [float(x) for x in values] for key, values in result.items()}
    print(json.dumps({"seconds": best, "way": way, **figures}))


if __name__ == "__main__":
    main()
