//! Where everything stands: sidebar, page, region bar, above them messages, and above all dialogs and menus.

use egui::{CentralPanel, Event, Frame, Panel, Rect, Ui, UiBuilder};

use super::{App, Phase};
use crate::domain::{Key, Secret};
use crate::ui::{
    action::{Action, Beside},
    dialogs::Typed,
    gate::Around,
    pages,
    route::{Route, Tab},
    scene::Page,
    settings::Sidebar,
    shell,
    theme::{Tokens, size},
};

impl App {
    /// Draws the window and answers with what the person wants.
    pub(super) fn draw(&mut self, ui: &mut Ui) -> Vec<Action> {
        let mut actions = Vec::new();
        let time = ui.input(|input| input.time);
        let tokens = Tokens::of(ui);
        let background = Frame::new().fill(tokens.background);
        if let Phase::Closed(gate) = &mut self.phase {
            let around = Around {
                settings: &self.settings,
                wait_secs: self.attempts.wait_secs(gate.folder(), self.source.reading()),
                has_keyring: self.desktop.found.has_keyring,
            };
            CentralPanel::default().frame(background).show(ui, |ui| gate.show(ui, &around, &mut actions));
            let room = ui.max_rect();
            self.show_toasts(ui, time, room);
            return actions;
        }
        let Phase::Open(view) = &self.phase else { return actions };
        self.questions.put_on(ui.ctx());
        let view = std::sync::Arc::clone(view);
        let mut page = std::mem::take(&mut self.page);
        let mut dialogs = std::mem::take(&mut self.dialogs);
        let mut room = ui.max_rect();
        {
            let scene = self.scene(&view, time);
            super::keys::listen(ui, &scene, &page, !dialogs.is_empty(), &mut actions);
            let panel = Frame::new().fill(tokens.panel);
            // In the order in which Tab goes: sidebar, page, region bar.
            let (above, bar) = ui.max_rect().split_top_bottom_at_y(ui.max_rect().bottom() - size::REGION_BAR);
            ui.scope_builder(UiBuilder::new().max_rect(above), |ui| {
                if self.settings.sidebar == Sidebar::Shown {
                    Panel::left("sidebar")
                        .exact_size(size::SIDEBAR)
                        .resizable(false)
                        .show_separator_line(false)
                        .frame(panel)
                        .show(ui, |ui| shell::sidebar::show(ui, &scene, &page, &mut actions));
                }
                let shown = CentralPanel::default().frame(background).show(ui, |ui| {
                    let room = ui.max_rect();
                    show_page(ui, &scene, &mut page, &mut actions);
                    room
                });
                room = page.room_for_messages.take().unwrap_or(shown.inner);
            });
            ui.scope_builder(UiBuilder::new().max_rect(bar), |ui| {
                shell::region_bar::show(ui, &scene, &page, &mut actions);
            });
            for open in &mut dialogs {
                open.dialog.show(ui.ctx(), &scene, &open.waiting, &mut actions);
            }
            if let Some(top) = dialogs.last_mut().filter(|_| is_typed_into(ui)) {
                top.typed = Typed::Something;
            }
        }
        page.focus_filter = false;
        page.follow_selection = false;
        self.page = page;
        self.dialogs = dialogs;
        self.show_toasts(ui, time, room);
        actions.extend(self.questions.take_asked().map(Action::Why));
        actions
    }

    fn show_toasts(&mut self, ui: &Ui, time: f64, room: Rect) {
        match self.toasts.show(ui.ctx(), time, room) {
            Some(Beside::Undo(undo)) => self.undo(undo),
            Some(Beside::Why(question)) => self.show_why(question),
            None => {}
        }
    }
}

/// Whether a field gets text in this frame, or loses some.
fn is_typed_into(ui: &Ui) -> bool {
    let changes = |event: &Event| match event {
        Event::Text(_) | Event::Paste(_) | Event::MiddleClickPaste { .. } | Event::Ime(_) | Event::Cut => true,
        Event::Key { key, pressed, .. } => *pressed && matches!(key, egui::Key::Backspace | egui::Key::Delete),
        _ => false,
    };
    ui.ctx().text_edit_focused() && ui.input(|input| input.events.iter().any(changes))
}

fn show_page(ui: &mut Ui, scene: &crate::ui::scene::Scene<'_>, page: &mut Page, actions: &mut Vec<Action>) {
    match (scene.route, scene.vault()) {
        (Route::DeletedVaults, _) => pages::deleted_vaults::show(ui, scene, page, actions),
        (Route::Regions, _) => pages::regions::show(ui, scene, page, actions),
        (Route::Identities, _) => pages::identities::show(ui, scene, page, actions),
        (Route::Activity, _) => pages::activity::show(ui, scene, page, actions),
        (Route::Cost, _) => pages::cost::show(ui, scene, page, actions),
        (Route::Vault(_, tab), Some(vault)) => {
            pages::header::show(ui, scene, vault, page, actions);
            pages::notices::show(ui, scene, vault, actions);
            if pages::refused::show(ui, scene, vault, *tab) {
                return;
            }
            match tab {
                Tab::Overview => pages::overview::show(ui, scene, vault, actions),
                Tab::Secrets => pages::list::show::<Secret>(ui, scene, vault, page, actions),
                Tab::Keys => pages::list::show::<Key>(ui, scene, vault, page, actions),
                Tab::Deleted => pages::deleted::show(ui, scene, vault, page, actions),
                Tab::Access => pages::access::show(ui, scene, vault, page, actions),
            }
        }
        (Route::NoVault | Route::Vault(..), _) => pages::no_vault::show(ui, scene, page, actions),
    }
}
