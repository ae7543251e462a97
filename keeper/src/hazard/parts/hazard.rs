//! A fitted hazard in the artefact.

use hurdle_model::hazard::design::{Encoder, Penalty, Term, Trait};
use hurdle_model::hazard::training::Fitted;
use serde::{Deserialize, Serialize};

/// A trait's coefficient.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraitEffect {
    /// Which.
    pub name: String,
    /// Mean that it is centred by.
    pub mean: f64,
    /// Deviation that it is scaled by.
    pub deviation: f64,
    /// Coefficient of the standardised trait.
    pub coefficient: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Its two-sided p-value.
    pub p: f64,
}

/// A category's effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryEffect {
    /// Which.
    pub name: String,
    /// Log hazard ratio to the pooled hazard.
    pub coefficient: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// A fitted hazard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HazardPart {
    /// Log hazard per year at mean traits, of the pooled category.
    pub intercept: f64,
    /// Its traits.
    pub traits: Vec<TraitEffect>,
    /// Its categories.
    pub categories: Vec<CategoryEffect>,
    /// Covariance of intercept, traits and categories, row by row.
    pub covariance: Vec<Vec<f64>>,
    /// Penalty of traits.
    pub trait_penalty: f64,
    /// Penalty of categories.
    pub category_penalty: f64,
    /// Greatest age of the record, years.
    pub greatest_age: f64,
}

impl From<&Fitted> for HazardPart {
    fn from(fitted: &Fitted) -> Self {
        let errors = fitted.fit.standard_errors();
        let p_values = fitted.fit.p_values();
        let coefficients = &fitted.fit.coefficients;
        let first_category = 1 + fitted.encoder.terms.len();
        Self {
            intercept: coefficients[0],
            traits: (1..)
                .zip(&fitted.encoder.terms)
                .map(|(column, term)| TraitEffect {
                    name: term.covariate.name().to_owned(),
                    mean: term.mean,
                    deviation: term.deviation,
                    coefficient: coefficients[column],
                    standard_error: errors[column],
                    p: p_values[column],
                })
                .collect(),
            categories: (first_category..)
                .zip(&fitted.encoder.categories)
                .map(|(column, name)| CategoryEffect {
                    name: name.clone(),
                    coefficient: coefficients[column],
                    standard_error: errors[column],
                })
                .collect(),
            covariance: fitted.fit.covariance.clone(),
            trait_penalty: fitted.penalty.traits,
            category_penalty: fitted.penalty.categories,
            greatest_age: fitted.encoder.greatest_age,
        }
    }
}

impl HazardPart {
    /// Columns and coefficients; `None` for a trait that this version does not know.
    pub(in crate::hazard) fn encoder(&self) -> Option<(Encoder, Vec<f64>)> {
        let terms = self
            .traits
            .iter()
            .map(|effect| {
                Some(Term {
                    covariate: Trait::by_name(&effect.name)?,
                    mean: effect.mean,
                    deviation: effect.deviation,
                })
            })
            .collect::<Option<Vec<_>>>()?;
        let encoder = Encoder {
            terms,
            categories: self.categories.iter().map(|c| c.name.clone()).collect(),
            greatest_age: self.greatest_age,
        };
        let traits = self.traits.iter().map(|t| t.coefficient);
        let categories = self.categories.iter().map(|c| c.coefficient);
        let coefficients = core::iter::once(self.intercept)
            .chain(traits)
            .chain(categories)
            .collect();
        Some((encoder, coefficients))
    }

    /// The penalty of the fit.
    pub(in crate::hazard) const fn penalty(&self) -> Penalty {
        Penalty {
            traits: self.trait_penalty,
            categories: self.category_penalty,
        }
    }
}
