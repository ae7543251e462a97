//! What the committed blocks of a site may do next.
//!
//! A block is off for so many hours, or on at a stage for so many hours since its start; beyond the hours that its
//! commitment asks for, they are no longer counted. The site's state is that of all its committed blocks.

use super::block::{Block, Commitment};
use crate::error::{Result, within_count};

/// Most states of a site's committed blocks.
const STATES: usize = 20_000;

/// Most moves from all of them.
const MOVES: usize = 1_000_000;

/// A block's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    /// Stages that are on.
    stage: usize,
    /// Hours since the start or the stop, as far as they count.
    hours: usize,
}

/// A step to another state of the site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Move {
    /// Index of the state.
    pub to: usize,
    /// Index of the combination of stages there.
    pub combination: usize,
    /// Cost of starts, quote.
    pub cost: f64,
}

/// All states of a site and the moves between them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct States {
    /// For each state the moves from it.
    pub moves: Vec<Vec<Move>>,
    /// For each combination of stages the share of each block that is on; 1 for free blocks.
    pub shares: Vec<Vec<f64>>,
    /// For each combination the stages of each block; 1 for free blocks.
    pub stages: Vec<Vec<usize>>,
    /// The state in which everything has long been on.
    pub running: usize,
}

fn states_of(rule: &Commitment) -> Vec<State> {
    let off = (1..=rule.min_down).map(|hours| State { stage: 0, hours });
    let on = (1..=rule.stages).flat_map(|stage| (1..=rule.min_run).map(move |hours| State { stage, hours }));
    off.chain(on).collect()
}

/// The states that may follow, staying first.
fn next(rule: &Commitment, state: State) -> Vec<State> {
    let State { stage, hours } = state;
    let mut next = Vec::with_capacity(3);
    if stage == 0 {
        next.push(State {
            stage,
            hours: (hours + 1).min(rule.min_down),
        });
        if hours == rule.min_down {
            next.push(State { stage: 1, hours: 1 });
        }
        return next;
    }
    let later = (hours + 1).min(rule.min_run);
    next.push(State { stage, hours: later });
    if stage < rule.stages {
        next.push(State {
            stage: stage + 1,
            hours: later,
        });
    }
    if stage > 1 {
        next.push(State {
            stage: stage - 1,
            hours: later,
        });
    } else if hours == rule.min_run {
        next.push(State { stage: 0, hours: 1 });
    }
    next
}

impl States {
    /// The states of all blocks that are not free.
    pub(super) fn new(blocks: &[Block]) -> Result<Self> {
        let mut all = Self {
            moves: vec![vec![Move {
                to: 0,
                combination: 0,
                cost: 0.0,
            }]],
            shares: vec![Vec::new()],
            stages: vec![Vec::new()],
            running: 0,
        };
        for block in blocks {
            all = if block.is_free() {
                all.with_free()
            } else {
                all.with(&block.commitment)?
            };
        }
        Ok(all)
    }

    fn with_free(mut self) -> Self {
        for (shares, stages) in self.shares.iter_mut().zip(&mut self.stages) {
            shares.push(1.0);
            stages.push(1);
        }
        self
    }

    /// The product with one more block's states, whose index runs fastest.
    fn with(self, rule: &Commitment) -> Result<Self> {
        let own = states_of(rule);
        let combinations = rule.stages + 1;
        within_count(
            "states of the committed blocks",
            self.moves.len().saturating_mul(own.len()),
            1,
            STATES,
        )?;
        let index_of = |state: State| own.iter().position(|known| *known == state).unwrap_or_default();
        let own_moves: Vec<Vec<(usize, State)>> = own
            .iter()
            .map(|state| {
                let to = next(rule, *state);
                to.into_iter().map(|state| (index_of(state), state)).collect()
            })
            .collect();
        let count = |moves: &mut dyn Iterator<Item = usize>| moves.sum::<usize>();
        within_count(
            "moves between the states of the committed blocks",
            count(&mut self.moves.iter().map(Vec::len))
                .saturating_mul(count(&mut own_moves.iter().map(Vec::len))),
            1,
            MOVES,
        )?;
        let mut moves = Vec::with_capacity(self.moves.len() * own.len());
        for others in &self.moves {
            for (from, mine) in own.iter().zip(&own_moves) {
                let mut both = Vec::with_capacity(others.len() * mine.len());
                for other in others {
                    for (index, to) in mine {
                        let starts = from.stage == 0 && to.stage > 0;
                        both.push(Move {
                            to: other.to * own.len() + index,
                            combination: other.combination * combinations + to.stage,
                            cost: other.cost + if starts { rule.start_cost } else { 0.0 },
                        });
                    }
                }
                moves.push(both);
            }
        }
        let (mut shares, mut stages) = (Vec::new(), Vec::new());
        for (share, stage) in self.shares.iter().zip(&self.stages) {
            for on in 0..combinations {
                let part = crate::error::count(on) / crate::error::count(rule.stages);
                shares.push([share.as_slice(), &[part]].concat());
                stages.push([stage.as_slice(), &[on]].concat());
            }
        }
        let full = State {
            stage: rule.stages,
            hours: rule.min_run,
        };
        Ok(Self {
            moves,
            shares,
            stages,
            running: self.running * own.len() + index_of(full),
        })
    }
}
