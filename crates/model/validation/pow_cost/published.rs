//! Published estimates of the Bitcoin network's power, carried over with their sources.

use super::{Check, Tolerance, check};
use crate::validation::record::unix;
use hurdle_model::pow::MiningHistory;
use hurdle_model::pow::cost::CostModel;

/// A year's band: the lowest and the highest published estimate for it, TWh a year.
struct Band {
    year: i64,
    low: f64,
    high: f64,
    source: &'static str,
}

const BANDS: [Band; 5] = [
    Band {
        year: 2016,
        low: 2.5,
        high: 6.8,
        source: "283 MW, a minimum for the year (Krause & Tolaymat 2018), to 774 MW, an upper bound of February 2017 (Bevand 2017)",
    },
    Band {
        year: 2017,
        low: 5.6,
        high: 14.3,
        source: "640 MW, a lower bound of July (Bevand 2017), to 1,637 MW at the end (Stoll, Klaaßen & Gallersdörfer 2019)",
    },
    Band {
        year: 2018,
        low: 31.3,
        high: 50.2,
        source: "31.3 TWh (Köhler & Pizzol 2019) to 50.2 TWh, a maximum of June (Küfeoğlu & Özkuran 2019)",
    },
    Band {
        year: 2019,
        low: 41.0,
        high: 87.1,
        source: "41 TWh in June (CoinShares 2019) to 87.1 TWh in September (de Vries 2020)",
    },
    Band {
        year: 2020,
        low: 60.0,
        high: 125.0,
        source: "60 to 125 TWh (Sedlmeir, Buhl, Fridgen & Keller 2020); 67 by Cambridge, 75.4 by Jones, Goodkind & Berrens 2022",
    },
];

/// Mean annual energy of the model's network for each year of the bands.
pub fn years(model: &CostModel, history: &MiningHistory, machines: &str) -> Vec<Check> {
    let days = model.days(history).unwrap_or_default();
    let of_year = |band: &Band| {
        let within: Vec<f64> = days
            .iter()
            .filter(|day| (unix(band.year, 1, 1)..unix(band.year + 1, 1, 1)).contains(&day.time))
            .map(|day| day.annual_energy())
            .collect();
        let count = u32::try_from(within.len()).unwrap_or(u32::MAX);
        check(
            format!("energy of the Bitcoin network in {}, TWh, {machines}", band.year),
            band.source,
            (band.low * band.high).sqrt(),
            Ok(within.iter().sum::<f64>() / f64::from(count)),
            Tolerance::Within {
                low: band.low,
                high: band.high,
            },
        )
    };
    BANDS.iter().map(of_year).collect()
}

/// Power on the days of single estimates. The two of the turn to 2017 lie far below the model's, which has S7s run on at a
/// profit that its energy prices leave them.
pub fn dates(model: &CostModel, history: &MiningHistory) -> Vec<Check> {
    let half = |expected: f64| (expected / 1.5, expected * 1.5);
    [
        (
            (2016, 12, 31),
            0.345,
            (0.345, 2.0 * 0.345),
            "345 MW (Stoll, Klaaßen & Gallersdörfer 2019): a miss, to a factor of two",
        ),
        (
            (2017, 1, 15),
            0.5,
            (0.1, 1.5 * 0.5),
            "100 to 500 MW (Vranken 2017): a miss, to half as much again",
        ),
        (
            (2017, 7, 28),
            0.89,
            (0.64, 1.248),
            "640 to 1,248 MW (Bevand 2017)",
        ),
        (
            (2017, 12, 18),
            4.4,
            (1.3, 14.8),
            "1.3 to 14.8 GW (Küfeoğlu & Özkuran 2019)",
        ),
        (
            (2017, 12, 31),
            1.637,
            half(1.637),
            "1,637 MW (Stoll, Klaaßen & Gallersdörfer 2019), ± half",
        ),
        (
            (2018, 1, 11),
            2.1,
            (1.62, 3.136),
            "1,620 to 3,136 MW, best guess 2,100 (Bevand 2018)",
        ),
        (
            (2018, 3, 15),
            4.4,
            (2.55, 7.67),
            "2.55 GW, to come to 7.67 (de Vries 2018)",
        ),
        (
            (2018, 5, 21),
            4.0,
            half(4.0),
            "35 TWh a year (CoinShares 2018), ± half",
        ),
        (
            (2018, 11, 15),
            5.232,
            half(5.232),
            "5,232 MW (Stoll, Klaaßen & Gallersdörfer 2019), ± half",
        ),
    ]
    .into_iter()
    .map(|((year, month, day), expected, (low, high), source)| {
        check(
            format!("power of the Bitcoin network on {year}-{month:02}-{day:02}, GW"),
            source,
            expected,
            model
                .network(history, unix(year, month, day))
                .map(|network| network.day.power / 1e9),
            Tolerance::Within { low, high },
        )
    })
    .collect()
}
