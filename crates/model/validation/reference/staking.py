"""References for validation/staking.rs. Needs scipy and numpy; run with the path of the recorded data as argument.

Everything here is computed another way than in the library: integers of the consensus specification, ledgers epoch by
epoch and block by block in decimals, scipy's Theil-Sen.
"""

import json
import math
import sys
from decimal import Decimal as D
from decimal import getcontext

import numpy
import scipy
from scipy.stats import theilslopes

getcontext().prec = 40
print("scipy", scipy.__version__, "numpy", numpy.__version__)

# Ethereum: process_rewards of Altair for one epoch, integers in Gwei, every validator at 32 ETH.
INCREMENT = 10**9


def ethereum(validators, participating):
    total = validators * 32 * INCREMENT
    base = 32 * (INCREMENT * 64 // math.isqrt(total))
    active, present = validators * 32, participating * 32
    issued = 0
    # get_flag_index_deltas: source 14, target 26, head 14; absent source and target are charged.
    for weight, charged in ((14, True), (26, True), (14, False)):
        issued += participating * (base * weight * present // (active * 64))
        if charged:
            issued -= (validators - participating) * (base * weight // 64)
    # Proposers: PROPOSER_WEIGHT / (64 - 8) of what they include, before scaling by participation.
    issued += sum(participating * base * weight for weight in (14, 26, 14)) // 64 * 8 // 56
    # process_sync_aggregate over the 32 slots; absent members are charged. Proposers earn 8/56 of what they include.
    sync = base * validators * 2 // 64
    issued += sync * participating // validators - sync * (validators - participating) // validators
    issued += sync * participating // validators * 8 // 56
    return issued * 82125 / 1e9


for validators, share in ((500_000, 1.0), (1_000_000, 1.0), (1_062_500, 0.99), (1_062_500, 0.8)):
    print("ethereum", validators, share, ethereum(validators, int(validators * share)))

# Solana: a year of epochs as the runtime pays them; rate of the schedule fixed at the first epoch.
slots = D(330) * 432_000
years = slots / D("78892314.984")
rate = D("0.08") * (D("0.85") ** years)
print("solana inflation, epoch 480", rate)
per_epoch = rate * 432_000 / D("78892314.984")
epochs = D(31_536_000) / (D("0.42") * 432_000)
reward = per_epoch / D("0.67") * D("0.93") * D("0.98")
print("solana effective", (1 + reward) ** epochs - 1, "supply", (1 + per_epoch) ** epochs - 1)
print("solana real", ((1 + reward) / (1 + per_epoch)) ** epochs - 1)
total = D(0)
STEPS = 20_000
for i in range(STEPS):
    t = (i + D("0.5")) / STEPS * 12
    total += max(D("0.08") * (D("0.85") ** t), D("0.015"))
print("solana mean inflation of the first 12 years", total / STEPS)

# Cosmos: NextInflationRate block by block, one year of 6,311,520 blocks (18 decimals, as the SDK).
for start, bonded in (("0.13", "0.40"), ("0.13", "0.75"), ("0.19", "0.30")):
    inflation, unit = int(D(start) * 10**18), 10**18
    change = (unit - int(D(bonded) * unit) * unit // int(D("0.67") * unit)) * int(D("0.13") * unit) // unit // 6_311_520
    for _ in range(6_311_520):
        inflation = min(max(inflation + change, 7 * 10**16), 2 * 10**17)
    print("cosmos", start, bonded, inflation / 1e18)

# Theil-Sen on a series that the check generates too: day i, ln of the rate.
days = [i + (i * i % 7) / 10 for i in range(120)]
logs = [0.07 * d / 365 + 1e-4 * math.sin(1.7 * i) - (0.02 if i % 11 == 5 else 0) for i, d in enumerate(days)]
fit = theilslopes(logs, [d / 365 for d in days], 0.95)
print("theil-sen", repr(fit.slope), repr(fit.low_slope), repr(fit.high_slope))

# rETH over the last recorded year.
if len(sys.argv) > 1:
    points = {}
    with open(sys.argv[1] + "/rates/reth_balances_2021-10_2024-09.jsonl") as lines:
        for line in lines:
            fields = [int(field, 16) for field in json.loads(line)]
            if fields[4] > 0:
                points.setdefault(fields[5], fields[2] / fields[4])
    last = max(points)
    window = sorted((t, math.log(v)) for t, v in points.items() if t >= last - 365 * 86_400)
    fit = theilslopes([v for _, v in window], [t / 31_536_000 for t, _ in window], 0.95)
    print("reth", len(window), repr(fit.slope))
