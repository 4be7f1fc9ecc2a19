//! The name of a new secret or key: free, held by a deleted one, or that of one which gets a version.

use egui::{Ui, vec2};

use super::purge::Purge;
use crate::{
    domain::{ObjectName, Refusal, Target, Vault, soft_delete::Kind},
    ui::{
        action::{Action, After},
        icons::Icon,
        objects,
        route::Route,
        scene::Scene,
        theme::{Tone, space},
        widgets::{Banner, Button, TextField},
    },
};

/// What was typed.
pub(super) struct NameField {
    kind: Kind,
    text: String,
    /// The deleted one that holds the name was asked for, so that the form can be sent.
    recovering: Recovering,
}

/// How far the way is on which a form becomes a version of a deleted one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Recovering {
    #[default]
    No,
    Asked,
    Done,
}

/// What a form that meets a deleted one of its name would add to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Adds {
    /// Nothing was put in yet: it can only be recovered.
    Nothing,
    /// Something that must not be lost with the form.
    Something,
    /// Something that costs nothing to make again.
    Anything,
}

/// What a typed name stands for.
pub(super) enum Named {
    /// It is none.
    Bad(String),
    /// A deleted one holds it.
    Held(ObjectName, Refusal),
    /// A live one with so many versions has it.
    Live(ObjectName, usize),
    /// Nothing has it.
    Free(ObjectName),
}

impl NameField {
    /// An empty field for an object of `kind`.
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, text: String::new(), recovering: Recovering::No }
    }

    /// A field that holds `name`.
    pub(super) fn with(kind: Kind, name: &ObjectName) -> Self {
        Self { text: name.to_string(), ..Self::new(kind) }
    }

    /// The name that is meant and what stands under it, or why it cannot be used.
    pub(super) fn named(&self, vault: Option<&Vault>) -> Named {
        match (ObjectName::parse(&self.text), vault) {
            (Err(problem), _) => Named::Bad(problem.to_string()),
            (Ok(name), Some(vault)) => {
                match (objects::admit_name(self.kind, vault, &name), objects::versions(self.kind, vault, &name)) {
                    (Err(refusal), _) => Named::Held(name, refusal),
                    (Ok(()), Some(versions)) => Named::Live(name, versions),
                    (Ok(()), None) => Named::Free(name),
                }
            }
            (Ok(name), None) => Named::Free(name),
        }
    }

    /// What was asked was done: if it was the recovery, the form can be sent.
    pub(super) fn answered(&mut self) {
        if self.recovering == Recovering::Asked {
            self.recovering = Recovering::Done;
        }
    }

    /// Whether the deleted one came back, and what was filled in can become its version now. Tells it once.
    pub(super) fn takes_version(&mut self, vault: Option<&Vault>) -> bool {
        let is_back = self.recovering == Recovering::Done && matches!(self.named(vault), Named::Live(..));
        if is_back {
            self.recovering = Recovering::No;
        }
        is_back
    }

    /// Whether anything was typed.
    pub(super) const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Shows the field. An empty one complains only after somebody tried to go on.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        vault: Option<&Vault>,
        (was_tried, takes_focus): (bool, bool),
        adds: Adds,
        actions: &mut Vec<Action>,
    ) {
        let named = self.named(vault);
        let problem = match &named {
            Named::Bad(problem) if was_tried || !self.text.is_empty() => Some(problem.as_str()),
            _ => None,
        };
        let note = match &named {
            Named::Live(name, versions) => Some(format!("{name} exists. This becomes its version {}.", versions + 1)),
            _ => None,
        };
        let mut field = TextField::new(&mut self.text).label("Name").error(problem).focus(takes_focus);
        if let Some(note) = &note {
            field = field.note(note);
        }
        if matches!(named, Named::Held(..)) {
            field = field.warning(Some(""));
        }
        ui.add(field);
        if let (Named::Held(name, refusal), Some(vault)) = (named, vault) {
            self.ways_out(ui, scene, vault, (&name, &refusal), adds, actions);
        }
    }

    /// A name that a deleted one holds: recover it, purge it, or take another (S16).
    fn ways_out(
        &mut self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        vault: &Vault,
        (name, refusal): (&ObjectName, &Refusal),
        adds: Adds,
        actions: &mut Vec<Action>,
    ) {
        let kind = self.kind;
        let operations = objects::operations(kind);
        let target = Target::Object(vault.name().clone(), name.clone());
        let says = refusal.sentence(scene.zone);
        Banner::new(Tone::Warn).icon(Icon::CLOCK_FILLED).title(&says).show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = vec2(space::S, space::S);
                let why_not = scene.why_not(operations.recover, &target);
                let command = || objects::recover(kind, vault.name().clone(), name.clone());
                let said = After::say(format!("{name} recovered"));
                if adds != Adds::Nothing {
                    let both = Button::secondary("Recover and add this as a new version").icon(Icon::RECOVER).small();
                    if ui.add(both.disabled_because(why_not.as_ref())).clicked() {
                        self.recovering = Recovering::Asked;
                        actions.push(Action::Do(command(), said.clone().staying()));
                    }
                }
                if adds != Adds::Something {
                    let recover = Button::secondary("Recover it").icon(Icon::RECOVER).small();
                    if ui.add(recover.disabled_because(why_not)).clicked() {
                        let page = Route::Vault(vault.name().clone(), objects::tab(kind));
                        actions.push(Action::Do(command(), said.closing().going(page).selecting(name.clone())));
                    }
                }
                let purge = Button::danger_quiet("Purge it…").icon(Icon::FLAME).small();
                let why_not = scene.why_no_purge(operations.purge, &target);
                if ui.add(purge.disabled_because(why_not)).clicked() {
                    let dialog = Purge::objects(vault.name().clone(), vec![(kind, name.clone())]);
                    actions.push(Action::Open(Box::new(dialog)));
                }
                if let Some(free) = next_free_name(kind, vault, name)
                    && ui.add(Button::secondary(format!("Use {free}")).small()).clicked()
                {
                    self.text = free.to_string();
                }
            });
        });
    }
}

/// `name-2`, or the first number after it that is free.
fn next_free_name(kind: Kind, vault: &Vault, name: &ObjectName) -> Option<ObjectName> {
    let is_free = |name: &ObjectName| {
        objects::versions(kind, vault, name).is_none() && objects::deleted_versions(kind, vault, name).is_none()
    };
    (2..100).filter_map(|number| ObjectName::parse(&format!("{name}-{number}")).ok()).find(is_free)
}
