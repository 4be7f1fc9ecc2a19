//! What a region is made of, in words: how its replicas stand, and how the copy in its pair keeps up (A1, A2).

use std::time::Duration;

use super::{
    scene::Scene,
    words::{capitalised, counted, grouped},
};
use crate::{
    domain::{
        RegionName, Timestamp,
        region::RegionState,
        replica::{OutageCause, ReplicaFault, ReplicaState},
    },
    service::{CopyView, RegionView},
};

/// How the copy of a region in its pair stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Replication {
    /// Nothing of it is copied (A7).
    NoPair,
    /// The pair has every change.
    InSync,
    /// Changes are on their way.
    Behind {
        /// How many.
        changes: u64,
        /// For how long the oldest of them is.
        lag_secs: u64,
    },
    /// Somebody cut the link.
    Cut {
        /// How many changes wait.
        changes: u64,
    },
    /// The pair is out itself.
    PairOut {
        /// The pair.
        pair: RegionName,
        /// How many changes wait.
        changes: u64,
    },
    /// The copy is written anew.
    Rebuilding {
        /// How much is done, in percent.
        percent: u8,
    },
    /// The copy is left out.
    Failed {
        /// Why, to stand after "copy".
        why: String,
        /// How many changes wait.
        changes: u64,
    },
    /// The region is out, and so many of its changes are not in the pair.
    Unreplicated {
        /// How many.
        changes: u64,
    },
}

impl Replication {
    /// How `region` stands to its pair now.
    pub(super) fn of(scene: &Scene<'_>, region: RegionName) -> Self {
        let world = &scene.view.world;
        let Some(view) = scene.view.region(region) else { return Self::NoPair };
        let Some(copy) = &view.copy else { return Self::NoPair };
        let reached = world.outages.get(&region).and_then(|outage| outage.reached);
        if is_out(&world.region_state(region, scene.now)) {
            let changes = reached.map_or_else(|| waiting(view, copy), |at| at.region.saturating_sub(at.pair));
            return Self::Unreplicated { changes };
        }
        let is_pair_out = is_out(&world.region_state(copy.within, scene.now));
        Self::of_copy(view, copy, is_pair_out, scene.now)
    }

    fn of_copy(view: &RegionView, copy: &CopyView, is_pair_out: bool, now: Timestamp) -> Self {
        let changes = waiting(view, copy);
        if copy.cut_since.is_some() {
            return Self::Cut { changes };
        }
        match &copy.state {
            _ if is_pair_out => Self::PairOut { pair: copy.within, changes },
            ReplicaState::Rebuilding { percent } => Self::Rebuilding { percent: *percent },
            ReplicaState::Failed(fault) => Self::Failed { why: fault.words(), changes },
            ReplicaState::Current | ReplicaState::Behind if changes == 0 => Self::InSync,
            ReplicaState::Current | ReplicaState::Behind => {
                let lag_ms = copy.behind_since.map_or(0, |since| now.ms_since(since));
                Self::Behind { changes, lag_secs: (lag_ms.max(0) / 1_000).unsigned_abs() }
            }
        }
    }

    /// For the line between the two: `in sync · lag 0 s`.
    pub(super) fn words(&self) -> String {
        match self {
            Self::NoPair => "copied nowhere".into(),
            Self::InSync => "in sync · lag 0 s".into(),
            Self::Behind { changes, lag_secs } => format!("{} behind · lag {}", many(*changes), lag(*lag_secs)),
            Self::Cut { changes } => format!("link cut by you{}", and_wait(*changes)),
            Self::PairOut { pair, changes } => format!("{} is out{}", pair.display(), and_wait(*changes)),
            Self::Rebuilding { percent } => format!("rebuilding, {percent} %"),
            Self::Failed { why, changes } => format!("copy {why}{}", and_wait(*changes)),
            Self::Unreplicated { changes: 0 } => "every change replicated".into(),
            Self::Unreplicated { changes } => format!("{} not replicated", many(*changes)),
        }
    }

    /// For the region bar, where the region has come to `revision`: `In sync · 1,284 changes · lag 0 s`.
    pub(super) fn bar_words(&self, revision: u64) -> String {
        match self {
            Self::NoPair => format!("{} kept", many(revision)),
            Self::InSync => format!("In sync · {} · lag 0 s", many(revision)),
            Self::Cut { changes } => format!("Link cut{}", and_wait(*changes)),
            others => capitalised(&others.words()),
        }
    }

    /// How many changes the pair does not have.
    pub(super) const fn changes(&self) -> u64 {
        match self {
            Self::NoPair | Self::InSync | Self::Rebuilding { .. } => 0,
            Self::Behind { changes, .. }
            | Self::Cut { changes }
            | Self::PairOut { changes, .. }
            | Self::Failed { changes, .. }
            | Self::Unreplicated { changes } => *changes,
        }
    }

    /// After how long the words read differently by themselves; `None`: they do not.
    pub(super) fn until_words_change(&self, now: Timestamp) -> Option<Duration> {
        let Self::Behind { lag_secs, .. } = self else { return None };
        let step = if *lag_secs < 60 { 1_000 } else { 60_000 };
        Some(Duration::from_millis((step - now.ms().rem_euclid(step)).unsigned_abs() + 1))
    }
}

/// How all regions that have a pair stand to theirs.
pub(super) fn of_all(all: impl Iterator<Item = Replication>) -> String {
    let paired: Vec<_> = all.filter(|copied| *copied != Replication::NoPair).collect();
    let cut = paired.iter().filter(|copied| matches!(copied, Replication::Cut { .. })).count();
    let waiting: u64 = paired.iter().map(Replication::changes).sum();
    let links = if cut == 1 { "1 link is cut".to_owned() } else { format!("{} are cut", counted(cut, "link")) };
    match (cut, waiting) {
        _ if paired.is_empty() => "Nothing is copied to a pair".into(),
        (0, 0) => "Every copy is in sync".into(),
        (0, changes) => format!("{} not copied yet", many(changes)),
        (_, 0) => links,
        (_, changes) => format!("{links}{}", and_wait(changes)),
    }
}

/// Whether a region does not serve by itself.
pub(super) const fn is_out(state: &RegionState) -> bool {
    matches!(state, RegionState::Outage { .. } | RegionState::FailingOver { .. } | RegionState::ReadOnly { .. })
}

/// Why a region is out, or was when it was out last.
pub(super) fn cause(scene: &Scene<'_>, region: RegionName) -> OutageCause {
    scene.view.world.outages.get(&region).map_or(OutageCause::Simulated, |outage| outage.cause)
}

/// `outage since 14:02`, `lost since 20 Nov 2026`.
pub(super) fn out_since(scene: &Scene<'_>, region: RegionName, since: Timestamp) -> String {
    let what = match cause(scene, region) {
        OutageCause::Simulated => "outage",
        OutageCause::Lost => "lost",
    };
    format!("{what} since {}", time_or_date(scene, since))
}

/// `14:02`, and the date of another day.
pub(super) fn time_or_date(scene: &Scene<'_>, moment: Timestamp) -> String {
    let zone = scene.zone;
    if zone.date(moment) == zone.date(scene.now) { zone.time(moment) } else { zone.date(moment) }
}

/// What is wrong with a region's replicas while it serves: `Replica B failed; replica A serves`.
pub(super) fn left_out(view: &RegionView) -> Option<String> {
    let is_whole = |state: &ReplicaState| *state == ReplicaState::Current;
    let broken = view.replicas.iter().find(|replica| !is_whole(&replica.state))?;
    let what = match &broken.state {
        ReplicaState::Current => return None,
        ReplicaState::Behind => "catches up",
        ReplicaState::Rebuilding { .. } => "is being rebuilt",
        ReplicaState::Failed(ReplicaFault::Simulated) => "failed",
        ReplicaState::Failed(ReplicaFault::Missing) => "is missing",
        ReplicaState::Failed(ReplicaFault::Damaged) => "is damaged",
        ReplicaState::Failed(ReplicaFault::Diverged | ReplicaFault::Failing(_)) => "is left out",
    };
    let serves = view.replicas.iter().find(|replica| is_whole(&replica.state));
    Some(match serves {
        Some(other) => format!("Replica {} {what}; replica {} serves", broken.name, other.name),
        None => "No replica is whole".to_owned(),
    })
}

fn waiting(view: &RegionView, copy: &CopyView) -> u64 {
    view.revision.saturating_sub(copy.revision)
}

fn many(changes: u64) -> String {
    counted(usize::try_from(changes).unwrap_or(usize::MAX), "change")
}

fn and_wait(changes: u64) -> String {
    match changes {
        0 => String::new(),
        1 => " · 1 change waits".into(),
        changes => format!(" · {} wait", many(changes)),
    }
}

fn lag(secs: u64) -> String {
    match secs {
        ..60 => format!("{secs} s"),
        60..3_600 => format!("{} min", secs / 60),
        _ => format!("{} h", grouped(usize::try_from(secs / 3_600).unwrap_or(usize::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::ReplicaName, service::ReplicaView};

    const NOW: Timestamp = Timestamp::from_secs(1_000);

    fn region(name: &str) -> RegionName {
        RegionName::parse(name).unwrap()
    }

    fn west(copied: u64, state: ReplicaState) -> (RegionView, CopyView) {
        let replica = |name| ReplicaView { name, state: ReplicaState::Current, revision: 1_284, bytes: 0 };
        let copy = CopyView {
            within: region("northeurope"),
            folder: None,
            state,
            revision: copied,
            bytes: 0,
            behind_since: Some(Timestamp::from_secs(988)),
            cut_since: None,
        };
        let view = RegionView {
            region: region("westeurope"),
            folder: None,
            revision: 1_284,
            replicas: ReplicaName::ALL.map(replica).to_vec(),
            copy: Some(copy.clone()),
            unreplicated: Vec::new(),
        };
        (view, copy)
    }

    fn said((view, copy): &(RegionView, CopyView), is_pair_out: bool) -> [String; 2] {
        let replication = Replication::of_copy(view, copy, is_pair_out, NOW);
        [replication.words(), replication.bar_words(view.revision)]
    }

    // A2
    #[test]
    fn how_far_the_pair_is_behind_is_told_in_changes_and_in_time() {
        let table = [
            (west(1_284, ReplicaState::Current), "in sync · lag 0 s", "In sync · 1,284 changes · lag 0 s"),
            (west(1_281, ReplicaState::Behind), "3 changes behind · lag 12 s", "3 changes behind · lag 12 s"),
            (west(9, ReplicaState::Rebuilding { percent: 62 }), "rebuilding, 62 %", "Rebuilding, 62 %"),
            (
                west(1_283, ReplicaState::Failed(ReplicaFault::Missing)),
                "copy missing · 1 change waits",
                "Copy missing · 1 change waits",
            ),
        ];
        for (of, words, bar) in table {
            assert_eq!(said(&of, false), [words, bar]);
        }
        let mut cut = west(1_272, ReplicaState::Behind);
        assert_eq!(said(&cut, true)[0], "North Europe is out · 12 changes wait");
        cut.1.cut_since = Some(NOW);
        assert_eq!(said(&cut, false), ["link cut by you · 12 changes wait", "Link cut · 12 changes wait"]);
    }

    #[test]
    fn all_copies_are_told_in_one_sentence() {
        let table: [(&[Replication], &str); 5] = [
            (&[Replication::NoPair], "Nothing is copied to a pair"),
            (&[Replication::NoPair, Replication::InSync], "Every copy is in sync"),
            (&[Replication::InSync, Replication::Behind { changes: 1, lag_secs: 2 }], "1 change not copied yet"),
            (&[Replication::InSync, Replication::Cut { changes: 0 }], "1 link is cut"),
            (&[Replication::Cut { changes: 7 }, Replication::Cut { changes: 5 }], "2 links are cut · 12 changes wait"),
        ];
        for (all, words) in table {
            assert_eq!(of_all(all.iter().cloned()), words);
        }
    }

    // G3
    #[test]
    fn only_a_lag_that_grows_asks_to_be_drawn_again() {
        let behind = |lag_secs| Replication::Behind { changes: 3, lag_secs };
        let wait = |replication: Replication| replication.until_words_change(NOW.plus_ms(400));
        assert_eq!(wait(behind(12)), Some(Duration::from_millis(601)));
        assert!(wait(behind(90)).unwrap() > Duration::from_secs(1));
        assert_eq!(wait(Replication::InSync), None);
        assert_eq!(wait(Replication::Cut { changes: 12 }), None);
    }

    // A3
    #[test]
    fn a_replica_that_is_left_out_is_named_with_the_one_that_serves() {
        let (mut view, _) = west(1_284, ReplicaState::Current);
        assert_eq!(left_out(&view), None);
        view.replicas[1].state = ReplicaState::Failed(ReplicaFault::Simulated);
        assert_eq!(left_out(&view).as_deref(), Some("Replica B failed; replica A serves"));
        view.replicas[0].state = ReplicaState::Failed(ReplicaFault::Missing);
        assert_eq!(left_out(&view).as_deref(), Some("No replica is whole"));
    }
}
