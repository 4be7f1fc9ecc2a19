//! Writing anew what a region lost (A6).

use egui::{Context, Ui};

use super::{Dialog, Waiting};
use crate::{
    domain::{
        Operation, Refusal, RegionName, Target,
        replica::{ReplicaFault, ReplicaState},
    },
    service::{Command, RegionCommand, RegionView},
    ui::{
        action::{Action, After},
        icons::Icon,
        region_offers::lost_files,
        scene::Scene,
        theme::{Font, Tokens, Tone},
        widgets::{self, Banner, Button, KeyValue, rich_label, spinner},
        words,
    },
};

/// Says what was lost and what it is written from, and has it written.
pub(in crate::ui) struct RebuildRegion {
    region: RegionName,
}

impl RebuildRegion {
    /// Rebuilds the files of `region`.
    pub(in crate::ui) const fn new(region: RegionName) -> Self {
        Self { region }
    }

    fn form(ui: &mut Ui, view: &RegionView, lost: &[(String, ReplicaFault)], source: Option<&str>) {
        let t = Tokens::of(ui);
        for (file, fault) in lost {
            KeyValue::new(file).column(200.0).show(ui, |ui| {
                rich_label(ui, Font::Body.text(fault.words()).color(t.danger));
            });
        }
        let Some(source) = source else {
            let text = Refusal::NothingToRebuildFrom { region: view.region }.sentence(crate::domain::Zone::Local);
            Banner::new(Tone::Danger).icon(Icon::TRIANGLE_ALERT_FILLED).text(&text).ui(ui);
            return;
        };
        let text = format!("Written anew from {source}. The others go on serving meanwhile.");
        rich_label(ui, Font::Body.text(text).color(t.dim));
    }
}

/// The best there is to rebuild a region from, in words.
fn source(view: &RegionView) -> Option<String> {
    let is_there = |state: &ReplicaState| matches!(state, ReplicaState::Current | ReplicaState::Behind);
    let best = view.replicas.iter().filter(|replica| is_there(&replica.state)).max_by_key(|replica| replica.revision);
    if let Some(replica) = best {
        return Some(format!("replica {}", replica.name));
    }
    let copy = view.copy.as_ref().filter(|copy| is_there(&copy.state))?;
    let has = format!("the copy in {}", copy.within.display());
    let missing = usize::try_from(view.revision.saturating_sub(copy.revision)).unwrap_or(usize::MAX);
    Some(match missing {
        0 => format!("{has}, which has every change"),
        missing => format!("{has}, which does not have the last {}", words::counted(missing, "change")),
    })
}

impl Dialog for RebuildRegion {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let Some(view) = scene.view.region(self.region) else {
            actions.push(Action::Finish);
            return;
        };
        let lost = lost_files(view);
        let source = source(view);
        let none = |refusal: Refusal| refusal.sentence(scene.zone);
        let region = self.region;
        let why_not = scene
            .why_not(Operation::RegionRebuild, &Target::Region(region))
            .or_else(|| lost.is_empty().then(|| none(Refusal::RegionIsWhole { region })))
            .or_else(|| source.is_none().then(|| none(Refusal::NothingToRebuildFrom { region })))
            .or_else(|| waiting.is_busy().then(|| "It is under way".to_owned()));
        let title = format!("Rebuild {}", region.display());
        let answer = widgets::Dialog::new("rebuild region", &title)
            .icon(Icon::REFRESH, Tone::Accent)
            .error(waiting.error())
            .show(
                ctx,
                |ui| Self::form(ui, view, &lost, source.as_deref()),
                |ui| {
                    let begins = ui.add(Button::primary("Rebuild").disabled_because(why_not.clone())).clicked();
                    let cancels = ui.add(Button::secondary("Cancel")).clicked();
                    if waiting.is_busy() {
                        spinner(ui, "Rebuilding");
                    }
                    (begins, cancels)
                },
            );
        let (begins, cancels) = answer.footer;
        if cancels || answer.should_close {
            actions.push(if waiting.is_busy() { Action::Cancel } else { Action::CloseDialog });
        } else if begins && why_not.is_none() {
            let after = After::say(format!("{} is whole again", region.display())).closing();
            actions.push(Action::Do(Command::Region(RegionCommand::RebuildRegion(region)), after));
        }
    }
}
