"""References for validation/options.rs. Needs QuantLib and numpy."""

import numpy
import QuantLib as ql

print("QuantLib", ql.__version__, "numpy", numpy.__version__)

TODAY = ql.Date(2, 1, 2024)
ql.Settings.instance().evaluationDate = TODAY
COUNT = ql.Actual365Fixed()


def flat(rate):
    return ql.YieldTermStructureHandle(ql.FlatForward(TODAY, rate, COUNT))


CASES = (
    ("call", 100.0, 110.0, 90, 0.05, 0.07, 0.8),
    ("put", 100.0, 80.0, 30, 0.05, 0.0, 0.6),
    ("call", 150.0, 120.0, 365, 0.08, -0.1, 1.1),
    ("put", 3000.0, 3300.0, 7, 0.04, 0.03, 0.5),
)
for side, spot, strike, days, rate, income, volatility in CASES:
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(spot)),
        flat(income),
        flat(rate),
        ql.BlackVolTermStructureHandle(ql.BlackConstantVol(TODAY, ql.NullCalendar(), volatility, COUNT)),
    )
    kind = ql.Option.Call if side == "call" else ql.Option.Put
    option = ql.VanillaOption(ql.PlainVanillaPayoff(kind, strike), ql.EuropeanExercise(TODAY + days))
    option.setPricingEngine(ql.AnalyticEuropeanEngine(process))
    calculator = ql.BlackCalculator(
        ql.PlainVanillaPayoff(kind, strike),
        spot * numpy.exp((rate - income) * days / 365),
        volatility * numpy.sqrt(days / 365),
        numpy.exp(-rate * days / 365),
    )
    years = days / 365

    # BlackCalculator.volga(T) differs from the difference of QuantLib's own vega by a factor of sqrt(T); that is taken.
    def vega(v):
        black = ql.BlackCalculator(
            ql.PlainVanillaPayoff(kind, strike),
            spot * numpy.exp((rate - income) * years),
            v * numpy.sqrt(years),
            numpy.exp(-rate * years),
        )
        return black.vega(years)

    def central(h):
        return (vega(volatility + h) - vega(volatility - h)) / (2 * h)

    print(
        side, spot, strike, days, rate, income, volatility,
        [repr(float(v)) for v in (
            option.NPV(), option.delta(), option.gamma(), option.vega(), option.theta(), option.rho(),
            -option.dividendRho(),
            calculator.vanna(spot, years),
            (4 * central(5e-4) - central(1e-3)) / 3,
        )],
    )

# Black (1976) and implied volatility.
for kind, strike, forward, deviation, discount in (
    (ql.Option.Call, 65_000.0, 62_000.0, 0.55 * numpy.sqrt(45 / 365), numpy.exp(-0.05 * 45 / 365)),
    (ql.Option.Put, 40_000.0, 62_000.0, 0.9 * numpy.sqrt(0.5), numpy.exp(-0.05 * 0.5)),
):
    print("black", repr(float(ql.blackFormula(kind, strike, forward, deviation, discount))))
for kind, strike, forward, price in (
    (ql.Option.Call, 120.0, 100.0, 3.5),
    (ql.Option.Put, 60.0, 100.0, 0.02),
    (ql.Option.Call, 100.0, 100.0, 12.0),
):
    print(
        "implied",
        repr(float(ql.blackFormulaImpliedStdDev(kind, strike, forward, price, 1.0, 0.0, 0.3, 1e-14, 1000))),
    )

# Sharpe with Newey-West error by the moment conditions of Lo (2002), as matrices; returns that the check generates too.
returns = numpy.array([0.01 * numpy.sin(1.3 * i) + 0.004 * numpy.cos(0.37 * i * i) + 0.002 for i in range(250)])
n, mean = len(returns), returns.mean()
variance = ((returns - mean) ** 2).mean()
phi = numpy.column_stack([returns - mean, (returns - mean) ** 2 - variance])
long_run = phi.T @ phi / n
for lag in range(1, 7):
    gamma = phi[lag:].T @ phi[:-lag] / n
    long_run += (1 - lag / 7) * (gamma + gamma.T)
gradient = numpy.array([1 / numpy.sqrt(variance), -(mean - 0.0005) / (2 * variance**1.5)])
print("sharpe", repr((mean - 0.0005) / numpy.sqrt(variance)), repr(numpy.sqrt(gradient @ long_run @ gradient / n)))
rho = [float(((returns - mean)[k:] @ (returns - mean)[:-k]) / n / variance) for k in range(1, 12)]
print("eta(12)", repr(12 / numpy.sqrt(12 + 2 * sum((12 - k) * r for k, r in enumerate(rho, 1)))))
below = numpy.minimum(returns - 0.001, 0)
print("sortino", repr((mean - 0.001) / numpy.sqrt((below**2).mean())))
