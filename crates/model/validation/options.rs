//! Options, implied volatility and Sharpe ratios against QuantLib and numpy; `reference/options.py` made the constants.

use super::{Check, Tolerance};
use hurdle_model::options::{OptionContract, OptionSide, Underlying};
use hurdle_model::performance::{annualisation_factor, autocorrelations, sharpe, sortino};
use hurdle_model::{Result, trade_costs};

fn check(what: &str, reference: &str, expected: f64, ours: Result<f64>, tolerance: f64) -> Check {
    Check {
        what: what.to_owned(),
        reference: reference.to_owned(),
        expected,
        ours: ours.unwrap_or(f64::NAN),
        tolerance: Tolerance::Relative(tolerance),
    }
}

/// Every check of options, performance and arbitrage costs.
pub fn checks() -> Vec<Check> {
    let mut checks = greeks();
    checks.extend(black_and_implied());
    checks.extend(performance());
    checks.push(check(
        "arbitrage band of a 20,000 pool at 0.3 % and a fixed cost of 2",
        "profit 20,000·e^{γ/2}·(cosh((z − γ)/2) − 1) at the band",
        2.0,
        trade_costs::pool_arbitrage_band(20_000.0, 0.003, 2.0)
            .map(|z| 20_000.0 * 0.0015_f64.exp() * (((z - 0.003) / 2.0).cosh() - 1.0)),
        1e-9,
    ));
    checks
}

fn greeks() -> Vec<Check> {
    use OptionSide::{Call, Put};
    const NAMES: [&str; 9] = [
        "value",
        "delta",
        "gamma",
        "vega",
        "theta",
        "rho",
        "carry rho",
        "vanna",
        "volga",
    ];
    // Side, spot, strike, days, rate, income, volatility.
    let cases = [
        (
            Call,
            100.0,
            110.0,
            90.0,
            0.05,
            0.07,
            0.8,
            [
                11.617_780_638_738_735,
                0.470_392_295_366_162_4,
                0.009_856_499_937_686_208,
                19.442_958_781_189_233,
                -30.019_126_177_926_612,
                8.734_055_892_627_335,
                11.598_714_132_316_339,
                0.220_718_816_187_841_48,
                0.588_700_593_750_009_7,
            ],
        ),
        (
            Put,
            100.0,
            80.0,
            30.0,
            0.05,
            0.0,
            0.6,
            [
                0.666_497_773_258_24,
                -0.079_693_834_832_064_4,
                0.008_617_622_017_488_679,
                4.249_786_200_405_374,
                -15.079_925_568_656_39,
                -0.709_798_459_435_453_7,
                -0.655_017_820_537_516_2,
                -0.305_148_013_309_527_34,
                12.310_060_475_194_303,
            ],
        ),
        (
            Call,
            150.0,
            120.0,
            365.0,
            0.08,
            -0.1,
            1.1,
            [
                88.662_412_298_060_99,
                0.906_567_404_498_850_8,
                0.001_755_740_174_377_245_7,
                43.454_569_315_836_835,
                -41.284_340_061_334_376,
                47.322_698_376_766_624,
                135.985_110_674_827_6,
                0.048_328_292_238_376_51,
                -6.643_889_477_211_691,
            ],
        ),
        (
            Put,
            3000.0,
            3300.0,
            7.0,
            0.04,
            0.03,
            0.5,
            [
                307.648_650_721_958_9,
                -0.909_204_250_108_684_2,
                0.000_783_055_642_970_488_2,
                67.578_774_667_316_34,
                -841.355_524_809_684_3,
                -58.210_492_622_838_544,
                -52.310_381_513_102_34,
                0.458_161_123_552_175_3,
                254.887_326_527_106_47,
            ],
        ),
    ];
    let mut checks = Vec::new();
    for (side, price, strike, days, rate, income, volatility, expected) in cases {
        let option = OptionContract {
            side,
            underlying: Underlying::Spot { price, income },
            strike,
            years: days / 365.0,
            rate,
        };
        let all = option.greeks(volatility);
        let ours = |pick: usize| {
            all.map(|g| {
                [
                    g.value,
                    g.delta,
                    g.gamma,
                    g.vega,
                    g.theta,
                    g.rho,
                    g.carry_rho,
                    g.vanna,
                    g.volga,
                ][pick]
            })
        };
        for (index, (name, expected)) in NAMES.into_iter().zip(expected).enumerate() {
            checks.push(check(
                &format!("{name}, {side:?} {strike} on {price}, {days} days at {volatility}"),
                if name == "volga" {
                    "QuantLib 1.44, its vega differenced"
                } else {
                    "QuantLib 1.44"
                },
                expected,
                ours(index),
                1e-9,
            ));
        }
    }
    checks
}

fn black_and_implied() -> Vec<Check> {
    let future = |side, price, strike, years, rate| OptionContract {
        side,
        underlying: Underlying::Future { price },
        strike,
        years,
        rate,
    };
    let mut checks = vec![
        check(
            "Black (1976) call 65,000 on a future at 62,000",
            "QuantLib 1.44 blackFormula",
            3_507.952_670_487_093_7,
            future(OptionSide::Call, 62e3, 65e3, 45.0 / 365.0, 0.05).value(0.55),
            1e-12,
        ),
        check(
            "Black (1976) put 40,000 on a future at 62,000",
            "QuantLib 1.44 blackFormula",
            4_375.897_322_164_876,
            future(OptionSide::Put, 62e3, 40e3, 0.5, 0.05).value(0.9),
            1e-12,
        ),
    ];
    for (side, strike, price, expected) in [
        (OptionSide::Call, 120.0, 3.5, 0.243_764_495_448_611_48),
        (OptionSide::Put, 60.0, 0.02, 0.194_301_855_113_167_6),
        (OptionSide::Call, 100.0, 12.0, 0.301_938_430_993_554_55),
    ] {
        checks.push(check(
            &format!("implied volatility of a {side:?} {strike} on 100 at {price}"),
            "QuantLib 1.44 blackFormulaImpliedStdDev",
            expected,
            future(side, 100.0, strike, 1.0, 0.0).implied_volatility(price),
            1e-10,
        ));
    }
    checks
}

fn performance() -> Vec<Check> {
    let returns: Vec<f64> = (0..250_i32)
        .map(|i| 0.01 * (1.3 * f64::from(i)).sin() + 0.004 * (0.37 * f64::from(i * i)).cos() + 0.002)
        .collect();
    let result = sharpe(&returns, 0.0005, 6);
    vec![
        check(
            "Sharpe ratio of a deterministic series",
            "numpy",
            0.223_926_360_801_656_48,
            result.map(|s| s.ratio),
            1e-10,
        ),
        check(
            "its standard error, six lags",
            "moment conditions of Lo (2002) as matrices, numpy",
            0.042_595_675_699_308_534,
            result.map(|s| s.standard_error),
            1e-9,
        ),
        check(
            "factor to twelve periods",
            "Lo (2002), eq. 20, numpy",
            6.076_568_566_733_29,
            autocorrelations(&returns, 11).and_then(|rho| annualisation_factor(12, &rho)),
            1e-9,
        ),
        check(
            "Sortino ratio",
            "numpy",
            0.259_082_985_110_178_1,
            sortino(&returns, 0.001),
            1e-9,
        ),
    ]
}
