//! What can be done with a region and its parts: one offer for the menus of the page and for the palette.

use std::path::PathBuf;

use super::{
    action::{Action, After},
    dialogs::{Dialog, move_region::MoveRegion, outage::SimulateOutage, rebuild_region::RebuildRegion},
    icons::Icon,
    replication::cause,
    scene::Scene,
};
use crate::{
    domain::{
        Operation, Refusal, RegionName, Target,
        replica::{OutageCause, Part, ReplicaFault, ReplicaState},
    },
    service::{Command, RegionCommand, RegionView},
};

/// Something that can be done, or why it cannot be done now.
pub(super) struct Offer {
    /// Beside the text.
    pub(super) icon: Icon,
    /// As a menu prints it.
    pub(super) text: String,
    /// What a press does.
    pub(super) wanted: Result<Action, String>,
}

/// Whether an offer names its region: in the region's own menu nobody has to be told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// In the region's own menu.
    Short,
    /// Anywhere else.
    Full,
}

/// Lets a region go, or return.
pub(super) fn outage(scene: &Scene<'_>, region: RegionName, naming: Naming) -> Offer {
    let outage = scene.view.world.outages.get(&region);
    let of = |text: &str| match naming {
        Naming::Short => text.to_owned(),
        Naming::Full => format!("{text} of {}", region.display()),
    };
    if outage.is_none_or(|outage| outage.returned.is_some()) {
        let plan = scene.view.store.failover_plan();
        let wanted = if_admitted(scene, Operation::RegionOutage, region, || open(SimulateOutage::new(region, plan)));
        return Offer { icon: Icon::ZAP, text: of("Simulate outage") + "…", wanted };
    }
    let wanted = if_admitted(scene, Operation::RegionReturn, region, || returns(scene, region));
    match (cause(scene, region), naming) {
        (OutageCause::Lost, Naming::Short) => Offer { icon: Icon::RECOVER, text: "Restore region".into(), wanted },
        (OutageCause::Lost, Naming::Full) => {
            Offer { icon: Icon::RECOVER, text: format!("Restore {}", region.display()), wanted }
        }
        (OutageCause::Simulated, Naming::Short) => {
            Offer { icon: Icon::CORNER_UP_LEFT, text: "Let it return".into(), wanted }
        }
        (OutageCause::Simulated, Naming::Full) => {
            Offer { icon: Icon::CORNER_UP_LEFT, text: format!("Let {} return", region.display()), wanted }
        }
    }
}

/// Lets a region that is out return; a lost one is checked first.
pub(super) fn returns(scene: &Scene<'_>, region: RegionName) -> Action {
    let said = match cause(scene, region) {
        OutageCause::Simulated => format!("{} is back and takes over again", region.display()),
        OutageCause::Lost => format!("{} was checked and takes over again", region.display()),
    };
    Action::Do(Command::EndOutage(region), After::say(said))
}

/// Lets a part of a region fail, or return.
pub(super) fn part(scene: &Scene<'_>, region: RegionName, part: Part, naming: Naming) -> Offer {
    let is_out = scene.view.world.parts_out.contains_key(&(region, part));
    let name = region.display();
    let link = match region.failover_to() {
        Some(pair) if naming == Naming::Full => format!("the link from {name} to {}", pair.display()),
        None if naming == Naming::Full => format!("the link from {name}"),
        Some(pair) => format!("link to {}", pair.display()),
        None => "link".to_owned(),
    };
    let of = |replica| match naming {
        Naming::Short => format!("replica {replica}"),
        Naming::Full => format!("replica {replica} of {name}"),
    };
    let (operation, icon, text, said) = match (part, is_out) {
        (Part::Replica(replica), false) => {
            let said = format!("Replica {replica} of {name} failed");
            (Operation::ReplicaOutage, Icon::ZAP, format!("Fail {}", of(replica)), said)
        }
        (Part::Replica(replica), true) => {
            let said = format!("Replica {replica} of {name} is back");
            (Operation::ReplicaReturn, Icon::CORNER_UP_LEFT, format!("Return {}", of(replica)), said)
        }
        (Part::Link, false) => {
            (Operation::LinkOutage, Icon::UNPLUG, format!("Cut {link}"), format!("The link from {name} is cut"))
        }
        (Part::Link, true) => {
            (Operation::LinkReturn, Icon::PLUG, format!("Mend {link}"), format!("The link from {name} is mended"))
        }
    };
    let command = if is_out { RegionCommand::EndPartOutage } else { RegionCommand::BeginPartOutage };
    let does = || Action::Do(Command::Region(command(region, part)), After::say(said));
    let wanted = match part {
        Part::Link if !region.has_failover() => Err(Refusal::NoPair { region }.sentence(scene.zone)),
        _ => if_admitted(scene, operation, region, does),
    };
    Offer { icon, text, wanted }
}

/// Moves the folder of a region.
pub(super) fn move_folder(scene: &Scene<'_>, region: RegionName) -> Offer {
    let folder = folder_of(scene, region);
    let opens =
        |folder: PathBuf| if_admitted(scene, Operation::RegionMove, region, || open(MoveRegion::new(region, folder)));
    Offer { icon: Icon::FOLDER_OPEN, text: "Move folder…".into(), wanted: folder.and_then(opens) }
}

/// Copies the path of a region's folder.
pub(super) fn copy_path(scene: &Scene<'_>, region: RegionName) -> Offer {
    let copies = |folder: PathBuf| Action::CopyText(folder.display().to_string());
    Offer { icon: Icon::COPY, text: "Copy folder path".into(), wanted: folder_of(scene, region).map(copies) }
}

/// Writes what a region lost anew.
pub(super) fn rebuild(scene: &Scene<'_>, region: RegionName) -> Offer {
    let has_lost = scene.view.region(region).is_some_and(|view| !lost_files(view).is_empty());
    let wanted = if has_lost {
        if_admitted(scene, Operation::RegionRebuild, region, || open(RebuildRegion::new(region)))
    } else {
        Err(Refusal::RegionIsWhole { region }.sentence(scene.zone))
    };
    Offer { icon: Icon::REFRESH, text: "Rebuild…".into(), wanted }
}

/// What a region lost, and why each: `Replica B`, missing. What somebody plays to have failed is not lost.
pub(super) fn lost_files(view: &RegionView) -> Vec<(String, ReplicaFault)> {
    let lost = |state: &ReplicaState| match state {
        ReplicaState::Failed(fault) if *fault != ReplicaFault::Simulated => Some(fault.clone()),
        _ => None,
    };
    let replicas =
        view.replicas.iter().filter_map(|replica| Some((format!("Replica {}", replica.name), lost(&replica.state)?)));
    let copy = view.copy.iter().filter_map(|copy| {
        let name = format!("The copy in {}", copy.within.display());
        Some((name, lost(&copy.state)?))
    });
    replicas.chain(copy).collect()
}

fn folder_of(scene: &Scene<'_>, region: RegionName) -> Result<PathBuf, String> {
    let folder = scene.view.region(region).and_then(|view| view.folder.clone());
    folder.ok_or_else(|| match scene.view.store.folder() {
        None => "The demo lives in memory and has no folders".into(),
        Some(_) => Refusal::RegionUnused { region }.sentence(scene.zone),
    })
}

fn if_admitted(
    scene: &Scene<'_>,
    operation: Operation,
    region: RegionName,
    action: impl FnOnce() -> Action,
) -> Result<Action, String> {
    scene.why_not(operation, &Target::Region(region)).map_or_else(|| Ok(action()), Err)
}

fn open(dialog: impl Dialog + 'static) -> Action {
    Action::Open(Box::new(dialog))
}
