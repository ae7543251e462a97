//! No input makes a model panic, and no answer is NaN or infinite.
#![allow(clippy::unwrap_used)]

mod common;

use common::arbitrary::{number, numbers, sound};
use hurdle_model::composition::{CappedLine, Components, Composition, Input, MarginRule, Responses, Weights};
use hurdle_model::debt::{KinkedCurve, fit_kinked_curve, fit_regimes};
use hurdle_model::equilibrium::dynamics::{Damping, FeedbackLoop, MarketResponse, State};
use hurdle_model::equilibrium::{Bracket, Equilibrium, comparative_statics, effects, solve};
use hurdle_model::flight::{ReturnPoint, SupplyResponse, liquidity_flight};
use hurdle_model::jumps::threshold_jumps;
use hurdle_model::latency::{LatencyExposure, lvr_rate};
use hurdle_model::liquidity::{
    BookDepth, DepthLevel, ImpactShape, Placement, constant_product_slippage, depth_slippage,
    liquidity_premium,
};
use hurdle_model::policy::{PolicyRule, Telemetry};
use hurdle_model::response::{Bounds, ResponsePrior, supply_elasticity, utilisation_response};
use hurdle_model::series::{LogReturn, PositiveSeries};
use hurdle_model::staking::{BlendRule, HedgedCarry, StakingYield, WeightedValue};
use hurdle_model::systematic::{
    FactorRule, Loading, Prior, cross_sectional_prior, factor_table, fit_factors, fit_factors_with,
    rolling_factors, shrink, systematic_premium,
};
use hurdle_model::tail::{InsuranceFund, JumpDiffusion, Side, TailPremium, tail_risk};
use hurdle_model::volatility::{EvenSeries, IntegratedVariance};
use hurdle_model::{Result, emissions, hazard, margin, normal, robust, staking, volatility, wacc};
use proptest::prelude::*;

/// A composition out of any numbers, as far as its types admit them.
fn any_composition(x: &[f64; 32]) -> Result<Composition> {
    let line = |i: usize| CappedLine {
        slope: x[i],
        cap: x[i + 1],
    };
    let curve = KinkedCurve::new(x[0], x[1].abs().fract(), x[2].abs(), x[3].abs())?;
    Ok(Composition {
        weights: Weights {
            staking: x[4],
            tail: x[5],
            ..Weights::NEUTRAL
        },
        components: Components {
            staking: x[6],
            contract: x[7],
            systematic: x[8],
            liquidity: x[9],
            oracle: x[10],
            tail: x[11],
            debt: x[12],
            equity_weight: x[13].abs().fract(),
            utilisation: x[14].abs().fract(),
            coverage: x[15],
        },
        curve,
        utilisation_knee: x[16],
        utilisation_line: line(17),
        coverage_line: line(19),
        margin: MarginRule {
            line: line(21),
            deadband: x[23],
            baseline: x[24],
            baseline_floor: x[25],
        },
        responses: Responses {
            utilisation: x[26],
            tail: x[27],
            previous_hurdle: x[28],
            previous_multiplier: x[29],
        },
        floor: x[30],
        ceiling: x[31],
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..common::reproducible() })]

    #[test]
    fn scalar_models(x in prop::array::uniform10(number()), n in any::<u16>()) {
        let [a, b, c, d, e, f, g, h, i, j] = x;
        sound(lvr_rate(a));
        let exposure = LatencyExposure { volatility: a, delay_years: b, band: c, exposed: d, captured: e };
        sound(exposure.premium());
        sound(exposure.volatility_sensitivity());
        sound(exposure.band_sensitivity());
        sound(constant_product_slippage(a, b, c));
        sound(depth_slippage(a, b, c, ImpactShape::Linear));
        sound(depth_slippage(a, b, c, ImpactShape::SquareRoot));
        sound(liquidity_premium(a, b));
        sound(emissions::emission_rate(a, b, c));
        sound(emissions::organic_hurdle(a, b));
        sound(wacc::equity_weight(a, b));
        sound(wacc::wacc(a, b, c));
        sound(comparative_statics(a, b));
        sound(staking::staking_yield(
            &StakingYield { inflation: a, staked_share: b, commission: c, uptime: d }));
        sound(staking::real_yield(a, b));
        sound(staking::annualise_funding(a, b));
        sound(HedgedCarry { staking_yield: a, funding: b, margin_share: c, margin_yield: d }.rate());
        if let Ok(schedule) = staking::InflationSchedule::new(a, b, c) {
            sound(schedule.at(d));
            sound(schedule.mean(d, e));
        }
        sound(hazard::contract_premium(a, b, c));
        sound(hazard::actuarially_fair_spread(a, b));
        let covariates = [
            hazard::Covariate::battle_time(b, c), Ok(hazard::Covariate::audits(n, d)), hazard::Covariate::size(e, f, g),
        ];
        let covariates: Vec<_> = covariates.into_iter().flatten().collect();
        if let Ok(rate) = hazard::Hazard::proportional(a, &covariates) {
            sound(rate.survival(b));
            assert!((0.0..=1.0).contains(&rate.annual_probability()));
        }
        let fund = InsuranceFund { size: a, drift: b, volatility: c };
        sound(fund.ruin_probability(d));
        sound(fund.ruin_loading(d, e));
        if let Ok(curve) = KinkedCurve::new(a, b, c, d) {
            sound(curve.rate(e));
            sound(curve.derivative(e));
        }
        sound(shrink(Loading { beta: a, standard_error: b }, Prior { mean: c, deviation: d }).map(|l| l.beta));
        sound(volatility::over_horizon(a, b));
        sound(volatility::Flat::new(a).and_then(|flat| flat.integrated_variance(b)));
        let model = volatility::garch::Parameters { mean: a, omega: b, alpha: c, gamma: d, beta: e };
        if let Ok(forecast) = volatility::garch::Forecast::new(&model, f, g) {
            sound(forecast.variance(u32::from(n)));
            sound(forecast.integrated_variance(h));
        }
        let _ = (normal::cdf(h), normal::log_survival(i), normal::loss(j));
    }

    #[test]
    fn tail_models(x in prop::array::uniform10(number()), short in any::<bool>()) {
        let [a, b, c, d, e, years, margin, exposure, coverage, level] = x;
        let side = if short { Side::Short } else { Side::Long };
        if let Ok(model) = JumpDiffusion::new(a, b, c, d, e) {
            sound(model.cdf(margin, years));
            sound(model.expected_payoff(margin, years, side));
            let premium = TailPremium { model, side, horizon_years: years, margin, exposure, coverage };
            sound(premium.rate());
            sound(premium.margin_sensitivity());
            sound(premium.multiplier_sensitivity(level));
            if let Ok(risk) = tail_risk(&model, years, side, level) {
                assert!(risk.value_at_risk.is_finite() && risk.expected_shortfall.is_finite());
            }
        }
    }

    #[test]
    fn models_of_many_observations(
        xs in numbers(12), ys in numbers(12), rule in prop::array::uniform4(number()), lag in 0usize..15,
    ) {
        let pairs: Vec<(f64, f64)> = xs.iter().copied().zip(ys.iter().copied()).collect();
        let _ = robust::median(&xs);
        sound(robust::theil_sen(&pairs).map(|line| line.slope));
        if let Ok(fit) = fit_kinked_curve(&pairs) {
            let prior = KinkedCurve::new(0.0, 0.8, 0.1, 1.0).unwrap();
            sound(fit.complete(&prior).and_then(|curve| curve.rate(0.5)));
        }
        let weighted: Vec<_> = pairs.iter().map(|&(value, weight)| WeightedValue { value, weight }).collect();
        sound(staking::blend(&weighted, BlendRule { cap: rule[0], trim: rule[1] }).map(|blend| blend.mean));
        sound(hazard::any_failure(&xs));
        if let Ok(model) = fit_factors(&xs, &[&ys]) {
            sound(systematic_premium(&model.loadings, &rule[..1]));
        }
        let returns: Vec<_> = pairs.iter().map(|&(years, value)| LogReturn { time: 0, years, value }).collect();
        sound(volatility::realised(&returns).map(|r| r.volatility));
        sound(volatility::exponentially_weighted(&returns, rule[0], rule[1]));
        sound(volatility::bipower(&returns).map(|b| b.continuous));
        sound(volatility::jump_test(&returns, volatility::Quarticity::Tripower).map(|test| test.p_value));
        sound(volatility::jump_test(&returns, volatility::Quarticity::QuadPower).map(|test| test.statistic));
        sound(threshold_jumps(&returns, rule[0]).map(|fit| fit.volatility));
        sound(volatility::combine(&xs, volatility::Combination::Weighted(&ys)));
        sound(volatility::combine(&xs, volatility::Combination::Largest));
        if let Ok(bounds) = Bounds::new(rule[0], rule[1]) {
            let prior = ResponsePrior { mean: rule[2], strength: rule[3] };
            sound(utilisation_response(&xs, &ys, lag, prior, bounds).map(|r| r.value));
        }
        let levels = pairs.iter().map(|&(distance, cumulative)| DepthLevel { distance, cumulative }).collect();
        if let Ok(book) = BookDepth::new(levels) {
            sound(book.walk(rule[0], Placement::Even).map(|s| s.value()));
            sound(book.walk(rule[0], Placement::AtLevel).map(|s| s.value()));
        }
    }

    #[test]
    fn margins_and_tests_of_any_losses(
        xs in numbers(60), ys in numbers(60), rule in prop::array::uniform12(number()), run in any::<u8>(), n in any::<u16>(),
    ) {
        let level = rule[0].abs().fract();
        sound(margin::upper_quantile(&xs, level));
        sound(margin::upper_shortfall(&xs, level));
        sound(margin::quantile_limit(&xs, level, rule[1], rule[2]));
        if let Ok(tail) = margin::fit_tail(&xs, rule[1].abs().fract(), usize::from(run)) {
            sound(tail.quantile(level));
            sound(tail.shortfall(level));
        }
        sound(margin::kupiec(usize::from(run), usize::from(n), level).map(|test| test.p_value));
        sound(margin::acerbi_szekely(&xs, &ys, &ys, level).map(|test| test.statistic));
        let moves: Vec<margin::Stressed> = xs.iter().zip(&ys)
            .map(|(&multiplier, &standardised)| margin::Stressed { multiplier, standardised }).collect();
        let _ = margin::hurdle_sensitivity(&moves, level);
        let [_, _, volatility_reference, volatility_highest, slippage, largest_size, hurdle_sensitivity, largest_multiplier,
            maintenance_quantile, initial_quantile, liquidation_years, warning_years] = rule;
        let basis = margin::ClassBasis {
            maintenance_quantile, initial_quantile, side: if run % 2 == 0 { Side::Long } else { Side::Short },
            liquidation_years, warning_years, volatility_reference, volatility_highest, slippage, largest_size,
            hurdle_sensitivity, largest_multiplier,
        };
        if let Ok(class) = margin::calibrate(&basis) {
            for value in [class.initial, class.maintenance, class.volatility_sensitivity, class.size_cap,
                class.multiplier_cap, class.haircut] {
                assert!(value.is_finite());
            }
        }
        sound(normal::quantile(rule[3]));
    }

    #[test]
    fn regressions_regimes_and_flights(
        xs in numbers(24), ys in numbers(24), zs in numbers(24), rule in prop::array::uniform8(number()), lag in 0usize..30,
    ) {
        use hurdle_model::hac::{Bandwidth, mean_error};
        for bandwidth in [Bandwidth::Lags(lag), Bandwidth::Rule, Bandwidth::NeweyWest, Bandwidth::Andrews] {
            if let Ok(model) = fit_factors_with(&xs, &[&ys], bandwidth) {
                sound(model.premium_error(&rule[..1]));
                let peers = [model.alpha, model.loadings[0], model.loadings[0]];
                sound(cross_sectional_prior(&peers).map(|prior| prior.deviation));
            }
        }
        sound(mean_error(&xs, lag));
        let _ = rolling_factors(&xs, &[&ys], lag, lag / 2, Bandwidth::Andrews);
        let rule_of = FactorRule { window: lag / 4, spike: rule[0] };
        if let Ok(table) = factor_table(&xs, &ys, &zs, rule_of) {
            assert!(table.columns().iter().all(|column| column.iter().all(|value| value.is_finite())));
        }
        let pairs: Vec<(f64, f64)> = xs.iter().map(|x| x.abs().fract()).zip(ys.iter().copied()).collect();
        let _ = fit_regimes(&pairs, None);
        let _ = fit_regimes(&pairs, Some(rule[0]));
        let mut times: Vec<i64> = (0..).take(xs.len()).collect();
        if let Some(last) = times.last_mut() { *last = i64::MAX; }
        let points: Vec<ReturnPoint> = times.iter().zip(xs.iter().zip(&ys))
            .map(|(&time, (&internal, &hurdle))| ReturnPoint { time, internal, hurdle }).collect();
        let response = SupplyResponse { elasticity: rule[1], half_life_seconds: rule[2] };
        sound(liquidity_flight(&points, response).map(|flight| flight.outflow));
        if let Ok(bounds) = Bounds::new(rule[3], rule[4]) {
            let prior = ResponsePrior { mean: rule[5], strength: rule[6] };
            sound(supply_elasticity(&xs, &ys, lag, prior, bounds).map(|response| response.value));
        }
    }

    #[test]
    fn policies_and_loops_in_time(x in prop::array::uniform32(number()), y in prop::array::uniform16(number())) {
        let rule = PolicyRule {
            inertia: x[0], interval_seconds: x[1], neutral: x[2], by_utilisation: x[3], utilisation_target: x[4],
            by_liquidity: x[5], liquidity_target: x[6], by_risk: x[7], floor: x[8], ceiling: x[9],
        };
        let telemetry = Telemetry { utilisation: x[10], liquidity: x[11], risk: x[12] };
        sound(rule.next(x[13], telemetry, x[14]).map(|rate| rate.rate));
        sound(rule.half_life_seconds());
        let positive = |i: usize| y[i].abs();
        let Ok(composition) = any_composition(&x) else { return Ok(()) };
        for input in Input::ALL {
            sound(composition.partial(*input, y[0]));
        }
        sound(composition.slope(y[0]));
        let _ = effects(&composition, y[0]);
        let feedback = FeedbackLoop {
            composition,
            market: MarketResponse { utilisation: y[1], tail: y[2], half_life_seconds: positive(3) },
            damping: Damping {
                interval_seconds: positive(4), rise_per_day: positive(5), fall_per_day: positive(6),
                multiplier_rise_per_day: positive(7), loosening_half_life_seconds: positive(8),
            },
        };
        let state = State { hurdle: y[9], utilisation: positive(10).fract(), multiplier: y[11] };
        if let Ok(path) = feedback.simulate(state, 3) {
            assert!(path[1..].iter().all(|state| state.hurdle.is_finite() && state.multiplier.is_finite()));
        }
        let _ = feedback.gain(state, positive(12));
        let _ = feedback.stable_ball(state, positive(13));
        let _ = feedback.spectral_radius(state);
    }

    #[test]
    fn growth_of_any_series(points in prop::collection::vec((any::<i64>(), number()), 0..8), window in any::<u32>()) {
        let mut points = points;
        points.sort_unstable_by_key(|point| point.0);
        if let Ok(rates) = PositiveSeries::new(points) {
            sound(staking::robust_growth(&rates, window).and_then(|growth| growth.simple(1.0)));
            if let Ok(grid) = EvenSeries::log_returns(&rates, window, window) {
                assert!(grid.values().iter().flatten().all(|value| value.is_finite()));
            }
            let _ = EvenSeries::realised_variances(&rates, window, window, 0.5);
            sound(staking::two_point_growth(&rates, window).and_then(|growth| growth.simple(1.0)));
        }
    }

    #[test]
    fn composition_and_equilibrium(x in prop::array::uniform32(number())) {
        let Ok(composition) = any_composition(&x) else { return Ok(()) };
        sound(composition.phi(x[9]));
        let bound = composition.slope_range().map(|range| range.max).ok();
        if let Ok(bracket) = Bracket::new(composition.floor, composition.ceiling) {
            for slope_bound in [None, bound] {
                let solved = solve(|h| composition.phi_unclamped(h), bracket, slope_bound);
                if let Ok(Equilibrium::Unique { h, .. }) = solved {
                    assert!((bracket.floor()..=bracket.ceiling()).contains(&h));
                }
            }
        }
    }
}
