//! From traits of a protocol to a row of the regression's design.
//!
//! A row is: 1, the standardised traits, one dummy per category. Means, deviations and the list of categories are learnt
//! from the training rows alone. The dummies are penalised, which pools the categories: each category's effect is a
//! normal draw around the common intercept, shrunk the more the less is known of it. A category that is not listed has
//! no dummy and so the pooled hazard.

use super::cohort::{PersonPeriod, Protocol};
use crate::error::{ModelError, Result, at_least, count, non_negative};

/// A covariate of the hazard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trait {
    /// ln(1 + years in battle).
    BattleTime,
    /// 1 if listed before listing times were recorded, whose age is therefore a lower bound.
    Established,
    /// 1 if an audit of its own code is listed.
    Audited,
    /// ln(number of chains).
    Chains,
    /// 1 if forked from another protocol.
    Forked,
    /// 1 if it depends on a price oracle.
    Oracle,
    /// 1 if a token of it is listed.
    Token,
}

impl Trait {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::BattleTime,
        Self::Established,
        Self::Audited,
        Self::Chains,
        Self::Forked,
        Self::Oracle,
        Self::Token,
    ];

    /// Its name, for artefacts and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BattleTime => "battle_time",
            Self::Established => "established",
            Self::Audited => "audited",
            Self::Chains => "chains",
            Self::Forked => "forked",
            Self::Oracle => "oracle",
            Self::Token => "token",
        }
    }

    /// The trait of a name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name)
    }

    fn value(self, protocol: &Protocol, age: f64) -> f64 {
        let flag = |holds| f64::from(u8::from(holds));
        match self {
            Self::BattleTime => age.ln_1p(),
            Self::Established => flag(protocol.listed.is_none()),
            Self::Audited => flag(protocol.audited),
            Self::Chains => f64::from(protocol.chains.max(1)).ln(),
            Self::Forked => flag(protocol.forked),
            Self::Oracle => flag(protocol.oracle),
            Self::Token => flag(protocol.token),
        }
    }
}

/// A trait with the moments that standardise it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// Which.
    pub covariate: Trait,
    /// Its mean over the training rows.
    pub mean: f64,
    /// Its standard deviation over the training rows.
    pub deviation: f64,
}

/// Which columns a model has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Specification {
    /// Its covariates.
    pub traits: Vec<Trait>,
    /// Fewest protocols of a category with an effect of its own; none for a model without categories.
    pub smallest_category: Option<usize>,
}

/// Strengths of the ridge penalty: 1 / variance of the prior of a coefficient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Penalty {
    /// Of each standardised trait.
    pub traits: f64,
    /// Of each category's effect.
    pub categories: f64,
}

/// The columns of a design, learnt from training rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoder {
    /// The traits.
    pub terms: Vec<Term>,
    /// The categories with a dummy, sorted.
    pub categories: Vec<String>,
    /// Greatest age of the training rows, years: beyond it nothing was seen, and older protocols count as that old.
    pub greatest_age: f64,
}

impl Encoder {
    /// Learns the columns from the rows of a training period.
    ///
    /// # Errors
    /// [`ModelError::TooFew`] without rows, [`ModelError::Unidentified`] for a trait that is the same in all rows.
    pub fn learn(
        specification: &Specification,
        protocols: &[Protocol],
        rows: &[PersonPeriod],
    ) -> Result<Self> {
        at_least("person-periods of the training period", 1, rows.len())?;
        let mut terms = Vec::with_capacity(specification.traits.len());
        for covariate in &specification.traits {
            let values: Vec<f64> = rows
                .iter()
                .filter_map(|row| protocols.get(row.protocol).map(|p| covariate.value(p, row.age)))
                .collect();
            at_least("person-periods of known protocols", rows.len(), values.len())?;
            let mean = values.iter().sum::<f64>() / count(values.len());
            let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count(values.len());
            if variance.sqrt() <= 1e-12 * (1.0 + mean.abs()) {
                return Err(ModelError::Unidentified {
                    what: covariate.name(),
                });
            }
            terms.push(Term {
                covariate: *covariate,
                mean,
                deviation: variance.sqrt(),
            });
        }
        let categories = specification
            .smallest_category
            .map(|least| categories(protocols, least))
            .unwrap_or_default();
        Ok(Self {
            terms,
            categories,
            greatest_age: rows.iter().map(|row| row.age).fold(0.0, f64::max),
        })
    }

    /// Number of columns.
    #[must_use]
    pub const fn width(&self) -> usize {
        1 + self.terms.len() + self.categories.len()
    }

    /// The row of a protocol of that age, years.
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`] for a negative age, [`ModelError::NotFinite`].
    pub fn row(&self, protocol: &Protocol, age: f64) -> Result<Vec<f64>> {
        let age = non_negative("years in battle", age)?.min(self.greatest_age);
        let mut row = Vec::with_capacity(self.width());
        row.push(1.0);
        row.extend(
            self.terms
                .iter()
                .map(|term| (term.covariate.value(protocol, age) - term.mean) / term.deviation),
        );
        row.extend(
            self.categories
                .iter()
                .map(|name| f64::from(u8::from(*name == protocol.category))),
        );
        Ok(row)
    }

    /// The penalty of each column; the intercept has none.
    #[must_use]
    pub fn penalties(&self, penalty: Penalty) -> Vec<f64> {
        let traits = self.terms.iter().map(|_| penalty.traits);
        let categories = self.categories.iter().map(|_| penalty.categories);
        core::iter::once(0.0).chain(traits).chain(categories).collect()
    }
}

/// Names of the categories with at least `least` protocols, sorted. Their sizes are those of the cohort's day.
fn categories(protocols: &[Protocol], least: usize) -> Vec<String> {
    let mut sizes = std::collections::BTreeMap::<&str, usize>::new();
    for protocol in protocols {
        *sizes.entry(&protocol.category).or_default() += 1;
    }
    sizes
        .into_iter()
        .filter(|(_, size)| *size >= least.max(1))
        .map(|(name, _)| name.to_owned())
        .collect()
}
