//! Removes an identity, after its name was typed.

use egui::Context;

use super::{Dialog, Waiting};
use crate::{
    domain::{IdentityId, Operation, Target},
    service::{AccessCommand, Command},
    ui::{
        action::{Action, After},
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, Tone},
        widgets::{self, Button, TextField, rich_label},
        words::counted,
    },
};

/// Says what goes with it.
pub(in crate::ui) struct RemoveIdentity {
    id: IdentityId,
    typed: String,
}

impl RemoveIdentity {
    /// Removes that one.
    pub(in crate::ui) fn new(id: IdentityId) -> Self {
        Self { id, typed: String::new() }
    }
}

impl Dialog for RemoveIdentity {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let world = &scene.view.world;
        let Some(identity) = world.directory.get(self.id) else {
            if !waiting.is_busy() {
                actions.push(Action::Finish);
            }
            return;
        };
        let granted = scene.why_not(Operation::IdentityDelete, &Target::Subscription);
        // That it is oneself, or the last who manages access, is said before anything is typed.
        let decided = || world.remove_identity(self.id, scene.caller).err().map(|refusal| refusal.sentence(scene.zone));
        let refusal = granted.or_else(decided);
        let name = identity.name.as_str();
        let reason = if waiting.is_busy() {
            Some("It is being removed".to_owned())
        } else if refusal.is_some() {
            refusal.clone()
        } else {
            (self.typed.trim() != name).then(|| format!("Type {name} first"))
        };
        let policies = world.vaults.live().filter(|vault| vault.access.policies.contains_key(&self.id)).count();
        let roles = world.directory.assignments_of(self.id).len();
        let title = format!("Remove {name}");
        let answer = widgets::Dialog::new("remove identity", &title)
            .icon(Icon::TRASH, Tone::Danger)
            .error(waiting.error().or(refusal.as_deref()))
            .show(
                ctx,
                |ui| {
                    let t = Tokens::of(ui);
                    let text = format!(
                        "Nobody can act as {name} any more. It loses {} and leaves its groups.",
                        counted(roles, "role")
                    );
                    rich_label(ui, Font::Body.text(text).color(t.text));
                    let text = match policies {
                        0 => "No vault has an access policy for it.".to_owned(),
                        1 => "The access policy of 1 vault stays, and helps nobody: the object id is never given again."
                            .into(),
                        many => format!(
                            "The access policies of {many} vaults stay, and help nobody: the object id is never given again."
                        ),
                    };
                    rich_label(ui, Font::Body.text(text).color(t.dim));
                    let label = format!("Type {name} to confirm");
                    ui.add(TextField::new(&mut self.typed).label(&label).limit(128));
                },
                |ui| {
                    let remove = Button::danger("Remove").icon(Icon::TRASH).disabled_because(reason.clone());
                    let remove = ui.add(remove).clicked();
                    let cancel = ui.add(Button::secondary("Cancel")).clicked();
                    (remove, cancel)
                },
            );
        let (remove, cancel) = answer.footer;
        if reason.is_none() && (remove || answer.is_submitted) {
            let command = Command::Access(AccessCommand::RemoveIdentity(self.id));
            actions.push(Action::Do(command, After::say(format!("{name} removed")).closing()));
        } else if cancel || answer.should_close {
            actions.push(if waiting.is_busy() { Action::Cancel } else { Action::CloseDialog });
        }
    }
}
