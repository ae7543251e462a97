//! Difficulty: periods recovered from days, forecasts without look-ahead, and Bitcoin's record.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Rng, assert_close, csv, recorded};
use hurdle_model::ModelError;
use hurdle_model::pow::PowChain;
use hurdle_model::pow::difficulty::{
    BacktestSetting, DifficultyDay, DifficultyPath, DifficultyRecord, EpochState, EqualAccuracy,
    HashRateFilter, HashRateOutlook, NextRetarget, WindowRule, backtest,
};

const CHAIN: PowChain = PowChain::BITCOIN;
const RULE: WindowRule = WindowRule::BITCOIN;

/// A chain of Poisson blocks whose hash rate grows, written down by day: the record, and each period's first block,
/// difficulty and time.
fn made_up(days: usize, seed: u64) -> (DifficultyRecord, Vec<(f64, f64, f64)>) {
    let mut rng = Rng::new(seed);
    let (mut time, mut height, mut difficulty) = (0.0, 700_u32, 1e12);
    let (mut start, mut epochs) = (0.0, Vec::new());
    let mut log_rate = 0.0_f64;
    let mut recorded = Vec::new();
    let (mut blocks, mut sum) = (0.0, 0.0);
    let mut found = 0.0;
    loop {
        let rate = log_rate.exp() * 1e12 / difficulty / 600.0;
        time -= rng.uniform().max(1e-15).ln() / rate;
        while time >= 86_400.0 * (recorded.len() + 1) as f64 {
            recorded.push(DifficultyDay {
                time: 86_400 * i64::try_from(recorded.len()).unwrap(),
                blocks,
                difficulty: sum / blocks,
            });
            (blocks, sum) = (0.0, 0.0);
            log_rate += 0.003 + 0.01 * rng.normal();
            if recorded.len() == days {
                return (DifficultyRecord::new(recorded).unwrap(), epochs);
            }
        }
        // the block at `height` has been found
        if height % 2016 == 0 {
            start = time;
            epochs.push((found, difficulty, time));
        }
        blocks += 1.0;
        sum += difficulty;
        found += 1.0;
        if height % 2016 == 2015 && !epochs.is_empty() {
            difficulty *= RULE.log_change(time - start).unwrap().exp();
        }
        height += 1;
    }
}

#[test]
fn periods_are_recovered_from_days_that_mix_two_difficulties() {
    let (record, truth) = made_up(200, 3);
    let recovered = record.epochs(&RULE).unwrap();
    assert_eq!(recovered.phase, 700.0);
    assert_eq!(recovered.epochs.len(), truth.len());
    let mut squares = 0.0;
    for (epoch, (first_block, difficulty, time)) in recovered.epochs.iter().zip(&truth) {
        assert_close(epoch.first_block, *first_block, 0.0);
        assert_close(epoch.difficulty / difficulty, 1.0, 1e-9);
        squares += ((epoch.start - time) / epoch.start_error).powi(2);
    }
    // χ² of correlated errors: of the right size
    let mean = squares / truth.len() as f64;
    assert!((0.1..4.0).contains(&mean), "{mean}");
    // sharper than a single day tells: under 43 minutes at worst, 20 in the long run
    assert!(recovered.epochs.last().unwrap().start_error < 1500.0);
}

#[test]
fn forecasts_are_the_same_whatever_comes_later() {
    let (record, _) = made_up(420, 4);
    let setting = BacktestSetting {
        warm_up: 200,
        ..BacktestSetting::default()
    };
    let rows = backtest(&record, &CHAIN, &RULE, &setting).unwrap();
    let cut = DifficultyRecord::new(record.days()[..380].to_vec()).unwrap();
    let before = backtest(&cut, &CHAIN, &RULE, &setting).unwrap();
    for (all, some) in rows.iter().zip(&before) {
        assert!(!some.outcomes.is_empty() && some.outcomes.len() < all.outcomes.len());
        assert_eq!(all.outcomes[..some.outcomes.len()], some.outcomes[..]);
    }
}

#[test]
fn a_made_up_chain_is_forecast_with_the_stated_coverage() {
    let (record, _) = made_up(4000, 5);
    let rows = backtest(&record, &CHAIN, &RULE, &BacktestSetting::default()).unwrap();
    for row in &rows {
        assert!(row.mae < row.mae_no_change, "{} {}", row.mae, row.mae_no_change);
        assert!(
            (0.84..=0.96).contains(&row.covered),
            "{} {}",
            row.days_before,
            row.covered
        );
    }
    assert!(rows.iter().any(|row| row.days_before == 1.0 && row.mae < 0.006));
}

#[test]
fn the_filter_finds_a_steady_growth() {
    let mut rng = Rng::new(6);
    let mut filter = HashRateFilter::new();
    for day in 0..500 {
        let blocks = f64::from(rng.poisson(144.0).max(1));
        let rate = 1e6 * (0.002 * f64::from(day)).exp();
        filter.observe(rate * blocks / 144.0, blocks).unwrap();
    }
    let outlook = filter.outlook().unwrap();
    assert_close(outlook.level, 1e6_f64.ln() + 0.002 * 499.0, 0.03);
    assert_close(outlook.slope, 0.002, 0.0015);
    assert!(HashRateFilter::new().outlook().is_err());
}

#[test]
fn a_known_hash_rate_leaves_the_luck_of_the_blocks_alone() {
    let rate = CHAIN.hash_rate_on_target(1e12).unwrap();
    let state = EpochState {
        difficulty: 1e12,
        remaining: 1008.0,
        elapsed: 1008.0 * 600.0,
        elapsed_error: 0.0,
    };
    let outlook = HashRateOutlook::constant(rate, 0.0).unwrap();
    let path = DifficultyPath::by_windows(&CHAIN, &RULE, state, outlook, 3).unwrap();
    let next = NextRetarget::new(&RULE, &state, &path).unwrap();
    // Poisson: 1,008 intervals of 2,016, each with the deviation of its mean
    let (mean, deviation) = next.moments().unwrap();
    assert_close(deviation, 1008.0_f64.sqrt() / 2016.0, 1e-4);
    assert_close(mean, 0.0, 2e-4);
    assert_close(next.probability_of_rise(), 0.5, 1e-9);
    assert_close(next.days(0.5).unwrap(), 7.0, 1e-9);
    assert_close(path.deviation(2), (1.0_f64 / 2016.0).sqrt(), 1e-12);
    // the hash rate of 2,016 blocks, against the time of 2,015
    assert_close(
        path.steps[1].log_mean - 1e12_f64.ln(),
        (2016.0_f64 / 2015.0).ln(),
        1e-12,
    );
    assert_close(path.blocks_by(21.0) / 3024.0, 1.0, 1e-3);
    // growth: the difficulty follows a week behind
    let growing = HashRateOutlook::growing(rate, 0.0, 0.01, 0.0).unwrap();
    let path = DifficultyPath::by_windows(&CHAIN, &RULE, state, growing, 6).unwrap();
    let (a, b) = (&path.steps[4], &path.steps[5]);
    assert_close((b.log_mean - a.log_mean) / (b.days - a.days), 0.01, 2e-4);
    let lag = 0.01 * (b.days + 0.5) - (b.log_mean - 1e12_f64.ln());
    assert!((0.04..0.09).contains(&lag), "{lag}");
}

#[test]
fn equal_forecasts_are_told_apart_as_often_as_stated() {
    let mut rng = Rng::new(7);
    let mut rejected = 0;
    for _ in 0..500 {
        let ours: Vec<f64> = (0..300).map(|_| rng.normal().abs()).collect();
        let other: Vec<f64> = (0..300).map(|_| rng.normal().abs()).collect();
        rejected += i32::from(EqualAccuracy::test(&ours, &other, 0).unwrap().p_value < 0.05);
    }
    // 25 expected
    assert!((10..=45).contains(&rejected), "{rejected}");
    assert!(EqualAccuracy::test(&[1.0; 9], &[1.0; 9], 0).is_err());
    assert!(EqualAccuracy::test(&[1.0], &[1.0, 2.0], 0).is_err());
}

#[test]
fn records_with_gaps_or_without_retargets_are_refused() {
    let day = |day: i64, difficulty| DifficultyDay {
        time: 86_400 * day,
        blocks: 144.0,
        difficulty,
    };
    let gap = vec![day(0, 1.0), day(2, 1.0), day(3, 1.0)];
    assert!(matches!(
        DifficultyRecord::new(gap.clone()),
        Err(ModelError::OutOfRange { .. })
    ));
    assert_eq!(DifficultyRecord::after_gaps(gap).unwrap().days().len(), 2);
    assert!(DifficultyRecord::after_gaps(vec![day(1, 1.0), day(0, 1.0)]).is_err());
    assert!(DifficultyRecord::new(Vec::new()).is_err());
    assert!(DifficultyRecord::new(vec![day(0, f64::NAN)]).is_err());
    let constant = DifficultyRecord::new((0..99).map(|i| day(i, 1.0)).collect()).unwrap();
    assert!(matches!(
        constant.epochs(&RULE),
        Err(ModelError::Unidentified { .. })
    ));
}

#[test]
fn bitcoin_s_retargets_were_forecast_better_than_by_no_change() {
    let Some(text) = recorded("pow/btc_daily_to_2024.csv") else {
        return;
    };
    let days = csv(&text)
        .zip(0i64..)
        .filter_map(|(row, day)| {
            let (blocks, rate) = (row.number("BlkCnt")?, row.number("HashRate")?);
            (blocks > 0.0).then(|| DifficultyDay::from_hash_rate(&CHAIN, 86_400 * day, blocks, rate).unwrap())
        })
        .collect();
    let record = DifficultyRecord::after_gaps(days).unwrap();
    assert_eq!(record.epochs(&RULE).unwrap().phase, 1.0);
    // from 2015 on, without the growth of the first years
    let setting = BacktestSetting {
        warm_up: 2200,
        ..BacktestSetting::default()
    };
    for row in backtest(&record, &CHAIN, &RULE, &setting).unwrap() {
        assert!(row.mae < 0.85 * row.mae_no_change, "{}", row.days_before);
        assert!(row.equal.unwrap().p_value < 1e-3);
        if row.retarget == 1 {
            assert!(row.kupiec.p_value > 0.05, "{}", row.kupiec.p_value);
        }
    }
}
