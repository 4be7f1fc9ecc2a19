//! How the window looks and behaves, and what the store is.

use egui::{Context, Ui};

use super::{Dialog, Waiting, passphrase::ChangePassphrase};
use crate::{
    domain::{Operation, Target, soft_delete::SubscriptionProtection},
    service::{Command, Purpose},
    ui::{
        action::{Action, After},
        desktop::{Found, SessionSigns},
        icons::Icon,
        scene::Scene,
        settings::{Motion, Settings, Theme},
        theme::{Tokens, Tone, space, text},
        widgets::{self, Button, Segmented, SelectField, Toggle, hairline, key_value, rich_label},
    },
};

/// Settings hold as soon as they are changed.
pub(in crate::ui) struct SettingsDialog {
    settings: Settings,
}

const ZOOMS: [u32; 7] = [75, 90, 100, 110, 125, 150, 200];
const CLIPBOARD_SECS: [u32; 6] = [10, 20, 30, 60, 120, 300];
const AUTO_LOCK_MINUTES: [u32; 7] = [1, 5, 10, 15, 30, 60, 0];

impl SettingsDialog {
    /// The settings as they are.
    pub(in crate::ui) fn new(scene: &Scene<'_>) -> Self {
        Self { settings: scene.settings.clone() }
    }

    fn window(&mut self, ui: &mut Ui, desktop: Found) {
        let settings = &mut self.settings;
        row(ui, "Theme", |ui| {
            let choices = [(Theme::System, "System"), (Theme::Dark, "Dark"), (Theme::Light, "Light")];
            Segmented::new("Theme", &mut settings.theme, &choices).show(ui);
        });
        row(ui, "Zoom", |ui| {
            let mut percent = (settings.zoom * 100.0).round() as u32;
            SelectField::new("Zoom", &mut percent, &ZOOMS).width(140.0).show(ui, |percent| format!("{percent} %"));
            settings.zoom = percent as f32 / 100.0;
        });
        row(ui, "Clear the clipboard after", |ui| {
            let secs = &mut settings.clipboard_secs;
            let words =
                |secs: &u32| if *secs < 120 { format!("{secs} seconds") } else { format!("{} minutes", secs / 60) };
            SelectField::new("Clear the clipboard after", secs, &CLIPBOARD_SECS).width(140.0).show(ui, words);
        });
        row(ui, "Lock when idle for", |ui| {
            let words = |minutes: &u32| match minutes {
                0 => "Never".to_owned(),
                1 => "1 minute".to_owned(),
                minutes => format!("{minutes} minutes"),
            };
            let minutes = &mut settings.auto_lock_minutes;
            SelectField::new("Lock when idle for", minutes, &AUTO_LOCK_MINUTES).width(140.0).show(ui, words);
        });
        let note = match desktop.idle {
            Some(source) => format!("Counts how long nobody touched the whole desktop, as {source} tells it"),
            None => "Counts how long nobody touched this window: this desktop does not tell more".to_owned(),
        };
        row(ui, "", |ui| drop(ui.add(egui::Label::new(text::secondary(note).color(Tokens::of(ui).dim)).wrap())));
        let why = |needed: &[SessionSigns]| {
            let is_there = desktop.signs.is_some_and(|signs| needed.contains(&signs));
            (!is_there).then_some("This computer does not tell Tresor of it")
        };
        row(ui, "Lock also", |ui| {
            ui.vertical(|ui| {
                let with_screen = Toggle::new(&mut settings.lock_with_screen, "When the screen locks");
                ui.add(with_screen.disabled_because(why(&[SessionSigns::Both])));
                let before_sleep = Toggle::new(&mut settings.lock_before_sleep, "Before the computer sleeps");
                ui.add(before_sleep.disabled_because(why(&[SessionSigns::Both, SessionSigns::SleepOnly])));
            });
        });
        row(ui, "Motion", |ui| {
            let choices = [(Motion::Full, "Full"), (Motion::Reduced, "Reduced")];
            Segmented::new("Motion", &mut settings.motion, &choices).show(ui);
        });
    }

    fn store(ui: &mut Ui, scene: &Scene<'_>, actions: &mut Vec<Action>) {
        let store = &scene.view.store;
        let place =
            store.folder().map_or_else(|| "in memory, kept nowhere".to_owned(), |folder| folder.display().to_string());
        key_value(ui, "Kept", Some(&place));
        key_value(ui, "Made", Some(&scene.zone.date_and_time(store.profile.created)));
        let purpose = match store.profile.purpose {
            Purpose::Real => "real secrets; its time is the computer's",
            Purpose::Simulation => "simulation; its clock can be moved",
        };
        key_value(ui, "For", Some(purpose));
        widgets::key_value_mono(ui, "Subscription", &store.profile.subscription);
        ui.add_space(space::XS);
        let why = scene.why_not(Operation::SubscriptionPatch, &Target::Subscription);
        let mut is_marked = scene.view.world.protection == SubscriptionProtection::Undeletable;
        let toggle = Toggle::new(&mut is_marked, "The subscription is marked undeletable").disabled_because(why);
        if ui.add(toggle).changed() {
            let (protection, text) = if is_marked {
                (SubscriptionProtection::Undeletable, "Nothing can be purged by hand now")
            } else {
                (SubscriptionProtection::None, "The subscription is an ordinary one again")
            };
            actions.push(Action::Do(Command::ProtectSubscription(protection), After::say(text)));
        }
        let note = "In such a subscription nobody purges; only the service does, when retention ends.";
        ui.add(egui::Label::new(text::secondary(note).color(Tokens::of(ui).dim)).wrap());
        ui.add_space(space::XS);
        let in_memory = store.folder().is_none().then_some("The demo is kept nowhere, so nothing opens it");
        let button = Button::secondary("Change the passphrase…").icon(Icon::KEY).disabled_because(in_memory);
        if ui.add(button).clicked() {
            actions.push(Action::Open(Box::new(ChangePassphrase::new())));
        }
        let remembered = store.folder().filter(|folder| scene.settings.remembered.contains(*folder));
        if let Some(folder) = remembered {
            let forget = Button::secondary("Forget the passphrase on this computer").icon(Icon::LOCK);
            if ui.add(forget).clicked() {
                actions.push(Action::ForgetRemembered(folder.to_owned()));
            }
        }
    }
}

impl Dialog for SettingsDialog {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        // The theme and the sidebar can be changed from elsewhere while this is open.
        self.settings.sidebar = scene.settings.sidebar;
        self.settings.key_files.clone_from(&scene.settings.key_files);
        self.settings.remembered.clone_from(&scene.settings.remembered);
        let before = self.settings.clone();
        let answer = widgets::Dialog::new("settings", "Settings")
            .icon(Icon::SETTINGS, Tone::Neutral)
            .width(520.0)
            .error(waiting.error())
            .show(
                ctx,
                |ui| {
                    ui.spacing_mut().item_spacing.y = space::S;
                    self.window(ui, scene.desktop);
                    ui.add_space(space::S);
                    hairline(ui);
                    ui.add_space(space::S);
                    rich_label(ui, text::strong("This store"));
                    Self::store(ui, scene, actions);
                },
                |ui| ui.add(Button::primary("Done")).clicked(),
            );
        if self.settings != before {
            actions.push(Action::Set(self.settings.clone()));
        }
        if answer.footer || answer.should_close {
            actions.push(Action::CloseDialog);
        }
    }
}

fn row(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    const NAMES: f32 = 190.0;
    ui.horizontal(|ui| {
        ui.set_min_height(32.0);
        let layout = egui::Layout::left_to_right(egui::Align::Center);
        ui.allocate_ui_with_layout(egui::vec2(NAMES, 32.0), layout, |ui| {
            ui.set_min_width(NAMES);
            rich_label(ui, text::body(name).color(Tokens::of(ui).dim));
        });
        content(ui);
    });
}
