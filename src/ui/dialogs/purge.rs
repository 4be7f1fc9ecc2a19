//! Asks before something is destroyed for good (S2, S11).

use egui::Context;

use super::{Dialog, Typed, Waiting};
use crate::{
    domain::{ObjectName, Operation, Target, VaultName, refusal::grouped, soft_delete::Kind},
    service::Command,
    ui::{
        action::{Action, After},
        icons::Icon,
        objects,
        scene::Scene,
        theme::{Font, Tokens, Tone, space},
        widgets::{self, Button, TextField, rich_label},
        words::{self, counted},
    },
};

/// The last step before a purge: the name, or the number of several, is typed.
pub(in crate::ui) struct Purge {
    what: What,
    typed: String,
}

enum What {
    Objects(VaultName, Vec<(Kind, ObjectName)>),
    Vaults(Vec<VaultName>),
}

/// More names than these are counted, not listed.
const MOST_LISTED: usize = 8;

impl Purge {
    /// Purges deleted secrets and keys of a vault.
    pub(in crate::ui) fn objects(vault: VaultName, names: Vec<(Kind, ObjectName)>) -> Self {
        Self { what: What::Objects(vault, names), typed: String::new() }
    }

    /// Purges deleted vaults with everything in them.
    pub(in crate::ui) fn vaults(names: Vec<VaultName>) -> Self {
        Self { what: What::Vaults(names), typed: String::new() }
    }

    /// Forgets what is gone meanwhile: recovered elsewhere, purged by the service, or by a try that failed half-way.
    fn keep_what_is_there(&mut self, scene: &Scene<'_>) {
        let vaults = &scene.view.world.vaults;
        match &mut self.what {
            What::Objects(vault, names) => {
                let vault = vaults.get(vault);
                let is_there = |(kind, name): &(Kind, ObjectName)| {
                    vault.is_some_and(|vault| objects::deleted_versions(*kind, vault, name).is_some())
                };
                names.retain(is_there);
            }
            What::Vaults(names) => names.retain(|name| vaults.get_deleted(name).is_some()),
        }
    }

    fn names(&self) -> Vec<&str> {
        match &self.what {
            What::Objects(_, names) => names.iter().map(|(_, name)| name.as_ref()).collect(),
            What::Vaults(names) => names.iter().map(AsRef::as_ref).collect(),
        }
    }

    /// What is typed to confirm: the name, or the number of several.
    fn password(&self) -> String {
        match self.names()[..] {
            [name] => name.to_owned(),
            ref names => names.len().to_string(),
        }
    }

    /// Why it may not be purged now: the first refusal.
    fn why_not(&self, scene: &Scene<'_>) -> Option<String> {
        match &self.what {
            What::Objects(vault, names) => names.iter().find_map(|(kind, name)| {
                let target = Target::Object(vault.clone(), name.clone());
                scene.why_not(objects::operations(*kind).purge, &target)
            }),
            What::Vaults(names) => {
                names.iter().find_map(|name| scene.why_not(Operation::VaultPurge, &Target::Vault(name.clone())))
            }
        }
    }

    /// What is lost, in one sentence.
    fn consequence(&self, scene: &Scene<'_>) -> String {
        let vaults = &scene.view.world.vaults;
        match &self.what {
            What::Objects(vault, names) => {
                let vault = vaults.get(vault);
                let deleted = names.iter().filter_map(|(kind, name)| objects::deleted_versions(*kind, vault?, name));
                let versions = deleted.sum();
                let noun = self.noun();
                let whole = if names.len() == 1 { format!("The {noun}") } else { format!("These {noun}s") };
                let loss = match noun {
                    "key" => " What only it opens can never be read again.",
                    "item" => " What only a key among them opens can never be read again.",
                    _ => "",
                };
                format!("{whole} with {} will be destroyed at once.{loss}", counted(versions, "version"))
            }
            What::Vaults(names) => {
                let deleted = names.iter().filter_map(|name| vaults.get_deleted(name));
                let holds: Vec<_> = deleted.map(|deleted| words::holds(&deleted.item)).collect();
                match &holds[..] {
                    [one] => format!("The vault, which holds {one}, will be destroyed at once."),
                    _ => "These vaults with everything in them will be destroyed at once.".into(),
                }
            }
        }
    }

    fn send(&self, actions: &mut Vec<Action>) {
        let names = self.names();
        let after = |place: usize| match names[..] {
            _ if place + 1 < names.len() => After::default(),
            [name] => After::say(format!("{name} purged")).closing(),
            _ => After::say(format!("{} purged", self.counted(names.len()))).closing(),
        };
        match &self.what {
            What::Objects(vault, names) => actions.extend(names.iter().enumerate().map(|(place, (kind, name))| {
                Action::Do(objects::purge(*kind, vault.clone(), name.clone()), after(place))
            })),
            What::Vaults(names) => actions.extend(
                names
                    .iter()
                    .enumerate()
                    .map(|(place, name)| Action::Do(Command::PurgeVault(name.clone()), after(place))),
            ),
        }
    }

    fn counted(&self, number: usize) -> String {
        counted(number, self.noun())
    }

    /// What they are called together.
    fn noun(&self) -> &'static str {
        match &self.what {
            What::Vaults(_) => Kind::Vault.noun(),
            What::Objects(_, names) => {
                let is_all = |kind| names.iter().all(|(other, _)| *other == kind);
                [Kind::Secret, Kind::Key].into_iter().find(|kind| is_all(*kind)).map_or("item", Kind::noun)
            }
        }
    }
}

impl Dialog for Purge {
    /// Only the name of what goes is typed.
    fn would_lose(&self, _: Typed) -> bool {
        false
    }

    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        self.keep_what_is_there(scene);
        let names: Vec<String> = self.names().into_iter().map(str::to_owned).collect();
        if names.is_empty() {
            // While it is being done, the answer closes the dialog and says so.
            if !waiting.is_busy() {
                actions.push(Action::Finish);
            }
            return;
        }
        let title = match &names[..] {
            [name] => format!("Purge {name}"),
            names => format!("Purge {}", self.counted(names.len())),
        };
        let password = self.password();
        let consequence = self.consequence(scene);
        let refusal = self.why_not(scene);
        let is_confirmed = self.typed.trim() == password;
        let reason = match (&refusal, is_confirmed) {
            (_, _) if waiting.is_busy() => Some("It is being purged".to_owned()),
            (Some(refusal), _) => Some(refusal.clone()),
            (None, false) => Some(format!("Type {password} first")),
            (None, true) => None,
        };
        let may_send = reason.is_none();
        let typed = &mut self.typed;
        let answer = widgets::Dialog::new("purge", &title)
            .icon(Icon::FLAME_FILLED, Tone::Danger)
            .error(waiting.error().or(refusal.as_deref()))
            .show(
                ctx,
                |ui| {
                    let t = Tokens::of(ui);
                    rich_label(ui, Font::Body.text(&consequence).color(t.text));
                    rich_label(
                        ui,
                        Font::Strong.text("This is irreversible: nobody can bring back what was purged.").color(t.text),
                    );
                    if let [_, _, ..] = names[..] {
                        ui.spacing_mut().item_spacing.y = space::XS;
                        for name in names.iter().take(MOST_LISTED) {
                            ui.label(Font::Mono.text(name).color(t.dim));
                        }
                        if let Some(more) = names.len().checked_sub(MOST_LISTED).filter(|more| *more > 0) {
                            ui.label(Font::Body.text(format!("and {} more", grouped(more))).color(t.dim));
                        }
                        ui.spacing_mut().item_spacing.y = space::M;
                    }
                    let label = format!("Type {password} to confirm");
                    ui.add(TextField::new(typed).label(&label).limit(128));
                },
                |ui| {
                    let purge = ui.add(Button::danger("Purge").icon(Icon::FLAME).disabled_because(reason));
                    let cancel = ui.add(Button::secondary("Cancel"));
                    (purge.clicked(), cancel.clicked())
                },
            );
        let (purge, cancel) = answer.footer;
        if may_send && (purge || answer.is_submitted) {
            self.send(actions);
        } else if cancel || answer.should_close {
            actions.push(if waiting.is_busy() { Action::Cancel } else { Action::CloseDialog });
        }
    }
}
