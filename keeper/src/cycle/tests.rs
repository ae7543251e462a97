use super::*;
use crate::observation::Sample;
use crate::pipeline::testing::{CRASH_DAY, across, block_on, committee, config, episode, market, mining};
use crate::source::{MiningSource, ReplaySource};
use hurdle_interface::Slot;

/// A replay whose prices are drawn apart by a factor that alternates, or that says nothing from a time on.
struct Distorted {
    replay: ReplaySource,
    noise: f64,
    silent_from: i64,
}

impl Source for Distorted {
    fn name(&self) -> &str {
        "distorted"
    }

    async fn observe(&mut self, now: UnixTime) -> Result<Vec<Sample>, SourceError> {
        if now.0 >= self.silent_from {
            let source_name = self.name().to_owned();
            return Err(SourceError::Silent {
                source_name,
                at: now.0,
                reason: "unplugged".into(),
            });
        }
        let mut samples = self.replay.observe(now).await?;
        let up = now.0.div_euclid(3600) % 2 == 0;
        for sample in samples
            .iter_mut()
            .filter(|s| s.metric == crate::observation::Metric::Price)
        {
            sample.value *= if up { 1.0 + self.noise } else { 1.0 };
        }
        Ok(samples)
    }
}

/// Three keepers with warm histories, and their views of the crash day's first hour.
fn scene(
    noise: [f64; 3],
    silent: [bool; 3],
) -> (
    Vec<Keeper<Distorted>>,
    Vec<Result<View, ViewError>>,
    CommitteeState,
) {
    let episode = episode();
    let mut keepers: Vec<Keeper<Distorted>> = (0u8..3)
        .map(|index| {
            let at = usize::from(index);
            let silent_from = if silent[at] { CRASH_DAY } else { i64::MAX };
            let source = Distorted {
                replay: ReplaySource::new(episode.clone()),
                noise: noise[at],
                silent_from,
            };
            Keeper::new(
                format!("k{index}"),
                Keypair::new_from_array([index + 1; 32]),
                source,
                config(),
            )
        })
        .collect();
    let keys: Vec<Address> = keepers.iter().map(Keeper::address).collect();
    let (committee, market) = (committee(&keys), market());
    let now = |time| Now {
        time: UnixTime(time),
        slot: Slot(9),
    };
    for time in episode.times().take_while(|time| *time < CRASH_DAY) {
        for keeper in &mut keepers {
            block_on(keeper.observe(market.published.hurdle, now(time))).unwrap();
        }
    }
    let views = keepers
        .iter_mut()
        .map(|keeper| block_on(keeper.view(&market, &committee, now(CRASH_DAY))))
        .collect();
    (keepers, views, committee)
}

#[test]
fn keepers_that_see_the_same_all_sign_and_the_leader_goes_by_sequence() {
    let (keepers, views, committee) = scene([0.0; 3], [false; 3]);
    for (sequence, leader) in [(0, "k0"), (1, "k1"), (5, "k2")] {
        let proposal = propose(&keepers, &views, &committee, sequence).unwrap();
        assert_eq!(proposal.proposer, leader);
        assert_eq!(proposal.signers.first(), Some(&leader));
        assert_eq!(proposal.signatures.len(), 3);
        assert!(proposal.dissent.is_empty());
    }
}

#[test]
fn a_keeper_with_another_price_is_outvoted_whether_it_leads_or_not() {
    let (keepers, views, committee) = scene([0.0, 0.03, 0.0], [false; 3]);
    for sequence in 0..3 {
        let proposal = propose(&keepers, &views, &committee, sequence).unwrap();
        assert!(!proposal.signers.contains(&"k1"), "sequence {sequence}");
        assert_eq!(proposal.signatures.len(), 2);
        assert_eq!(proposal.dissent[0].0, "k1");
    }
}

#[test]
fn keepers_that_all_disagree_publish_nothing_and_say_why() {
    let (keepers, views, committee) = scene([0.0, 0.03, 0.06], [false; 3]);
    let Err(CycleError::NoQuorum {
        best: 1,
        threshold: 2,
        reasons,
    }) = propose(&keepers, &views, &committee, 0)
    else {
        panic!("no two agree");
    };
    assert_eq!(reasons.len(), 6);
    assert!(
        reasons.iter().all(|reason| reason.contains("is proposed as")),
        "{reasons:?}"
    );
}

#[test]
fn a_silent_leader_loses_its_turn_and_never_repeats_an_old_observation() {
    let (keepers, views, committee) = scene([0.0; 3], [true, false, false]);
    let proposal = propose(&keepers, &views, &committee, 0).unwrap();
    assert_eq!((proposal.proposer, proposal.signatures.len()), ("k1", 2));
    assert!(proposal.dissent[0].1.contains("unplugged"));
    let (keepers, views, committee) = scene([0.0; 3], [true; 3]);
    let Err(CycleError::NoQuorum { best: 0, reasons, .. }) = propose(&keepers, &views, &committee, 0) else {
        panic!("nobody observed");
    };
    assert_eq!(reasons.len(), 3);
}

#[test]
fn a_key_outside_the_committee_neither_leads_nor_signs() {
    let (keepers, views, _) = scene([0.0; 3], [false; 3]);
    let others = committee(&[keepers[1].address(), keepers[2].address(), Address::from([9; 32])]);
    let proposal = propose(&keepers, &views, &others, 0).unwrap();
    assert_eq!(proposal.signers, ["k1", "k2"]);
}

/// Plays recorded observations back.
struct Recorded(std::vec::IntoIter<String>);

impl Source for Recorded {
    fn name(&self) -> &str {
        "recorded"
    }

    async fn observe(&mut self, _: UnixTime) -> Result<Vec<Sample>, SourceError> {
        let observation: Observation = serde_json::from_str(&self.0.next().unwrap()).unwrap();
        Ok(observation.samples)
    }
}

/// An episode beside the recorded days of a proof-of-work chain.
struct WithMining(ReplaySource, MiningSource);

impl Source for WithMining {
    fn name(&self) -> &str {
        "with mining"
    }

    async fn observe(&mut self, now: UnixTime) -> Result<Vec<Sample>, SourceError> {
        let mut samples = self.0.observe(now).await?;
        samples.extend(self.1.observe(now).await?);
        Ok(samples)
    }
}

/// The report of a cycle, and the same cycle's from its recorded observations.
fn live_and_replayed(source: impl Source, config: &KeeperConfig) -> [Report; 2] {
    let (episode, market) = (episode(), market());
    let committee = committee(&[Address::from([1; 32]), Address::from([2; 32])]);
    let times: Vec<i64> = episode.times().filter(|time| *time <= CRASH_DAY).collect();
    let now = |time| Now {
        time: UnixTime(time),
        slot: Slot(9),
    };
    let key = || Keypair::new_from_array([1; 32]);

    let mut keeper = Keeper::new("live", key(), source, config.clone());
    let mut lines = Vec::new();
    let (last, earlier) = times.split_last().unwrap();
    for time in earlier {
        let observation = block_on(keeper.observe(market.published.hurdle, now(*time))).unwrap();
        lines.push(serde_json::to_string(&observation).unwrap());
    }
    let live = block_on(keeper.view(&market, &committee, now(*last))).unwrap();
    lines.push(serde_json::to_string(&live.observation).unwrap());

    let mut again = Keeper::new("again", key(), Recorded(lines.into_iter()), config.clone());
    for time in earlier {
        block_on(again.observe(market.published.hurdle, now(*time))).unwrap();
    }
    let replayed = block_on(again.view(&market, &committee, now(*last))).unwrap();
    [live.report, replayed.report]
}

#[test]
fn a_cycle_is_reproduced_bit_for_bit_from_its_recorded_observations() {
    let [live, replayed] = live_and_replayed(ReplaySource::new(episode()), &config());
    assert_eq!(replayed.as_bytes(), live.as_bytes());
}

#[test]
fn a_miners_return_reaches_the_signed_report_and_is_reproduced_bit_for_bit() {
    let source = || WithMining(ReplaySource::new(episode()), mining());
    let [live, replayed] = live_and_replayed(source(), &across());
    assert_eq!(replayed.as_bytes(), live.as_bytes());
    let [without, _] = live_and_replayed(source(), &config());
    assert_ne!(live.components.staking, without.components.staking);
    assert_ne!(live.hurdle, without.hurdle);
}

/// An episode beside a proof-of-work chain that says what is no number.
struct WithBrokenMining(ReplaySource, MiningSource);

impl Source for WithBrokenMining {
    fn name(&self) -> &str {
        "with broken mining"
    }

    async fn observe(&mut self, now: UnixTime) -> Result<Vec<Sample>, SourceError> {
        let mut samples = self.0.observe(now).await?;
        for (mut sample, broken) in self
            .1
            .observe(now)
            .await?
            .into_iter()
            .zip([true, false].into_iter().cycle())
        {
            let field = if broken {
                &mut sample.value
            } else {
                &mut sample.confidence
            };
            *field = f64::NAN;
            samples.push(sample);
        }
        Ok(samples)
    }
}

#[test]
fn a_chain_that_says_no_number_is_silent_and_its_cycle_is_reproduced_all_the_same() {
    let broken = WithBrokenMining(ReplaySource::new(episode()), mining());
    let [live, replayed] = live_and_replayed(broken, &across());
    assert_eq!(replayed.as_bytes(), live.as_bytes());
    let [silent, _] = live_and_replayed(ReplaySource::new(episode()), &across());
    assert_eq!(live.components, silent.components);
}
