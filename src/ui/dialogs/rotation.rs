//! When a key rotates by itself, and when somebody hears that it nears its end.

use egui::{Context, Ui};

use super::{Dialog, Waiting};
use crate::{
    domain::{
        Key, ObjectName, Operation, RotationPolicy, Target, Timestamp, VaultName,
        rotation::{Period, Trigger},
    },
    service::{Command, KeyCommand},
    ui::{
        action::{Action, After},
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, Tone, space},
        typed::FormId,
        widgets::{self, Banner, Button, Segmented, TextField, field_label, rich_label, spinner},
        words,
    },
};

/// The form for a rotation policy.
pub(in crate::ui) struct EditRotation {
    form: FormId,
    vault: VaultName,
    name: ObjectName,
    before: RotationPolicy,
    is_first: bool,
    expiry: String,
    rotate: Act,
    notify: Act,
}

/// An action of the policy, as it is typed.
struct Act {
    when: When,
    period: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Never,
    AfterCreate,
    BeforeExpiry,
}

/// What each field means, or what is wrong with it.
struct Read {
    expiry: Result<Option<Period>, String>,
    rotate: Result<Option<Trigger>, String>,
    notify: Result<Option<Trigger>, String>,
}

impl Act {
    fn of(trigger: Option<Trigger>) -> Self {
        let (when, period) = match trigger {
            None => (When::Never, String::new()),
            Some(Trigger::AfterCreate(period)) => (When::AfterCreate, words::period(period)),
            Some(Trigger::BeforeExpiry(period)) => (When::BeforeExpiry, words::period(period)),
        };
        Self { when, period }
    }

    fn trigger(&self, zone: crate::domain::Zone) -> Result<Option<Trigger>, String> {
        let period = || words::parse_period(&self.period).map_err(|refusal| refusal.sentence(zone));
        Ok(match self.when {
            When::Never => None,
            When::AfterCreate => Some(Trigger::AfterCreate(period()?)),
            When::BeforeExpiry => Some(Trigger::BeforeExpiry(period()?)),
        })
    }

    fn show(&mut self, ui: &mut Ui, (name, says): (&str, &str), problem: Option<&String>) {
        const CHOICES: [(When, &str); 3] =
            [(When::Never, "Never"), (When::AfterCreate, "After creation"), (When::BeforeExpiry, "Before expiry")];
        field_label(ui, name);
        Segmented::new(name, &mut self.when, &CHOICES).show(ui);
        if self.when == When::Never {
            return;
        }
        let field = TextField::new(&mut self.period).name(says).hint("90 days, 18 months, 1 year 6 months or P18M");
        ui.add(field.limit(60).error(problem.map(String::as_str)));
    }
}

impl EditRotation {
    /// Edits the policy of `key` in `vault`.
    pub(in crate::ui) fn new(vault: VaultName, key: &Key) -> Self {
        let before = key.policy();
        Self {
            form: FormId::fresh(),
            vault,
            name: key.name().clone(),
            is_first: key.rotation().is_none(),
            expiry: before.expiry.map(words::period).unwrap_or_default(),
            rotate: Act::of(before.rotate),
            notify: Act::of(before.notify),
            before,
        }
    }

    /// What was typed; each rule of the domain is told at the field that breaks it.
    fn read(&self, scene: &Scene<'_>) -> Read {
        let sentence = |refusal: crate::domain::Refusal| refusal.sentence(scene.zone);
        let expiry = match self.expiry.trim() {
            "" => Ok(None),
            text => words::parse_period(text).map(Some).map_err(sentence),
        };
        let admit = |policy: RotationPolicy| policy.admit().map_err(sentence);
        let alone = |expiry| RotationPolicy { expiry, ..RotationPolicy::default() };
        let expiry = expiry.and_then(|expiry| admit(alone(expiry)).map(|()| expiry));
        let known = expiry.as_ref().ok().copied();
        let fits = |trigger: Option<Trigger>, policy: &dyn Fn(Option<Period>) -> RotationPolicy| match known {
            Some(expiry) => admit(policy(expiry)).map(|()| trigger),
            None => Ok(trigger),
        };
        let rotate = self.rotate.trigger(scene.zone);
        let rotate = rotate.and_then(|rotate| fits(rotate, &|expiry| RotationPolicy { rotate, ..alone(expiry) }));
        let notify = self.notify.trigger(scene.zone);
        let notify = notify.and_then(|notify| fits(notify, &|expiry| RotationPolicy { notify, ..alone(expiry) }));
        Read { expiry, rotate, notify }
    }

    /// What the policy would do next to the current version.
    fn forecast(scene: &Scene<'_>, key: &Key, policy: RotationPolicy) -> String {
        let current = key.current();
        let at = |trigger: Option<Trigger>| trigger?.at(current.created, current.validity.expires());
        let on = |at: Timestamp| {
            if at <= scene.now { "at once".to_owned() } else { format!("on {}", scene.zone.date(at)) }
        };
        match (policy.rotate, at(policy.rotate)) {
            (None, _) => "It never rotates by itself.".into(),
            (Some(_), Some(at)) => format!("With this it rotates {}.", on(at)),
            (Some(_), None) => {
                "The current version does not expire: it rotates by itself after you rotate it once.".into()
            }
        }
    }
}

impl Dialog for EditRotation {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let vault = scene.view.world.vaults.get(&self.vault);
        let Some(key) = vault.and_then(|vault| vault.keys.get(&self.name)) else {
            actions.push(Action::Finish);
            return;
        };
        let read = self.read(scene);
        let target = Target::Object(self.vault.clone(), self.name.clone());
        let policy = match (&read.expiry, &read.rotate, &read.notify) {
            (Ok(expiry), Ok(rotate), Ok(notify)) => {
                Ok(RotationPolicy { rotate: *rotate, notify: *notify, expiry: *expiry })
            }
            (Err(problem), ..) | (_, Err(problem), _) | (.., Err(problem)) => Err(problem.clone()),
        };
        let policy = policy.and_then(|policy| {
            policy.admit().map_err(|refusal| refusal.sentence(scene.zone))?;
            match scene.why_not(Operation::KeyRotationPolicySet, &target) {
                Some(why_not) => Err(why_not),
                None if policy == self.before && !self.is_first => Err("Nothing was changed".into()),
                None => Ok(policy),
            }
        });
        let title = format!("Rotation policy of {}", self.name);
        let answer = widgets::Dialog::new("rotation", &title).error(waiting.error()).show(
            ctx,
            |ui| {
                ui.push_id(self.form, |ui| {
                    ui.spacing_mut().item_spacing.y = space::S;
                    let field = TextField::new(&mut self.expiry).label("New versions are valid for").hint("for ever");
                    let problem = read.expiry.as_ref().err().map(String::as_str);
                    ui.add(field.limit(60).note("90 days, 18 months, 2 years or P2Y").error(problem));
                    ui.add_space(space::XS);
                    self.rotate.show(ui, ("Rotate", "Rotate how long"), read.rotate.as_ref().err());
                    ui.add_space(space::XS);
                    self.notify.show(ui, ("Give notice", "Give notice how long"), read.notify.as_ref().err());
                    ui.add_space(space::XS);
                    if let Ok(policy) = &policy {
                        let says = Self::forecast(scene, key, *policy);
                        Banner::new(Tone::Accent).icon(Icon::INFO).text(&says).ui(ui);
                    } else {
                        let says = "Notice is a record in the activity: nothing is sent anywhere.";
                        rich_label(ui, Font::Secondary.text(says).color(Tokens::of(ui).dim));
                    }
                });
            },
            |ui| {
                let is_sent = ui.add(Button::primary("Save").disabled_because(policy.as_ref().err())).clicked();
                let is_cancelled = ui.add(Button::secondary("Cancel")).clicked();
                if waiting.is_busy() {
                    spinner(ui, "Saving");
                }
                (is_sent, is_cancelled)
            },
        );
        let (is_sent, is_cancelled) = answer.footer;
        if answer.should_close || is_cancelled {
            actions.push(Action::CloseDialog);
        } else if (is_sent || answer.is_submitted)
            && !waiting.is_busy()
            && let Ok(policy) = policy
        {
            let after = After::say(format!("Rotation policy of {} set", self.name)).closing();
            let command = KeyCommand::SetRotationPolicy(self.vault.clone(), self.name.clone(), policy);
            actions.push(Action::Do(Command::Key(command), after));
        }
    }
}
