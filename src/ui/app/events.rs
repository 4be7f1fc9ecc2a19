//! What the worker, the clipboard and the desktop's dialogs tell.

use egui::Context;

use super::{App, Pending, Phase, REVEAL_SECS};
use crate::{
    domain::{Refusal, VaultName},
    service::{Event, Reply, RequestId, ServiceError, StoreError},
    ui::{
        action::{After, Beside, FromDialog, Toast},
        dialogs::Waiting,
        gate::Gate,
        objects,
        route::{Route, Tab},
        scene::{Page, Revealed},
        settings,
        why::WHY,
    },
};

/// egui lets go of laid out text that two frames did not show; a third is drawn from the fonts alone.
const FRAMES_TO_FORGET: u8 = 3;

impl App {
    /// Takes in everything that was told since the last frame.
    pub(super) fn hear(&mut self, ctx: &Context) {
        let events: Vec<_> = self.events.try_iter().collect();
        for event in events {
            self.hear_worker(ctx, event);
        }
        let events: Vec<_> = self.clipboard.iter().flat_map(super::Clipboard::events).collect();
        for event in events {
            self.hear_clipboard(ctx, event);
        }
        while let Ok(picked) = self.picks.1.try_recv() {
            if let (Some(path), Some(top)) = (&picked, self.dialogs.last_mut()) {
                top.dialog.picked(path.clone());
            } else if let (Some(path), Phase::Open(_)) = (&picked, &self.phase) {
                self.page.workbench.picked(path);
            } else if let (Some(path), Phase::Closed(gate)) = (picked, &mut self.phase) {
                gate.picked(&path, &self.settings);
            }
        }
    }

    fn hear_worker(&mut self, ctx: &Context, event: Event) {
        match event {
            Event::Opened(id, view) => {
                self.pending.remove(&id);
                self.last_input = ctx.input(|input| input.time);
                self.forget_workbench();
                self.page = Page::default();
                let first = view.world.vaults.live().next().map(|vault| vault.name().clone());
                self.route = first.map_or(Route::NoVault, |vault| Route::Vault(vault, Tab::Secrets));
                self.idle_asked = None;
                if let Some(folder) = view.store.folder() {
                    self.opened(folder);
                }
                self.begin_as_somebody(&view);
                self.phase = Phase::Open(view);
            }
            // The window forgot it already, unless something was opened in between.
            Event::Locked => {
                self.closing = self.closing.saturating_sub(1);
                if matches!(self.phase, Phase::Open(_)) {
                    self.close(ctx);
                }
            }
            Event::Changed(view) => {
                if let Phase::Open(open) = &mut self.phase {
                    *open = view;
                    self.stay_somebody(ctx);
                    self.forget_workbench_of_no_key();
                    self.stay_somewhere();
                }
            }
            Event::Progress(id, fraction) => {
                self.page.workbench.came_so_far(id, fraction);
                if let Some(dialog) = self.dialogs.iter_mut().find(|dialog| dialog.request == Some(id)) {
                    dialog.waiting = Waiting::Busy(Some(fraction));
                }
            }
            Event::Done(id, reply) => self.done(ctx, id, reply),
            Event::Failed(id, error) => self.failed(ctx, id, &error),
        }
    }

    fn done(&mut self, ctx: &Context, id: RequestId, reply: Reply) {
        match (self.pending.remove(&id), reply) {
            (Some(Pending::Copy(vault, name)), Reply::Value(_, value)) => {
                self.copy_value(Some((vault, name)), &value);
            }
            (Some(Pending::Reveal(vault, name)), Reply::Value(version, value)) => {
                let until = ctx.input(|input| input.time) + REVEAL_SECS;
                self.revealed = Some(Revealed { vault, name, version: version.id, value, until });
            }
            (Some(Pending::KeyUse), Reply::Used(version, answer)) => self.page.workbench.answered(id, version, answer),
            (Some(Pending::Plain(after)), Reply::SignedIn(caller)) => {
                self.act_as(caller);
                self.follow(ctx, id, after, Reply::Done);
            }
            (Some(Pending::Plain(after)), reply) => self.follow(ctx, id, after, reply),
            (Some(Pending::NewPassphrase(after, key_file)), reply) => {
                self.passphrase_changed(key_file);
                let left = match &reply {
                    Reply::Renewed(left) => left.clone(),
                    _ => Vec::new(),
                };
                self.follow(ctx, id, after, reply);
                if !left.is_empty() {
                    let paths: Vec<_> = left.iter().map(|path| path.display().to_string()).collect();
                    let text = format!("The old passphrase still opens disconnected copies: {}", paths.join(", "));
                    self.say(ctx, Toast::note(text));
                }
            }
            (Some(Pending::Copy(..) | Pending::Reveal(..) | Pending::KeyUse | Pending::Opening) | None, _) => {}
        }
    }

    fn follow(&mut self, ctx: &Context, id: RequestId, after: After, reply: Reply) {
        let After { toast, from_dialog, go, select } = after;
        let asked = self.dialogs.iter().position(|dialog| dialog.request == Some(id));
        match (from_dialog, asked) {
            (FromDialog::Closes, Some(place)) => self.dialogs.truncate(place),
            (FromDialog::Stays, Some(place)) => {
                let dialog = &mut self.dialogs[place];
                dialog.waiting = Waiting::Idle;
                dialog.request = None;
                dialog.dialog.answered(reply);
            }
            _ => {}
        }
        if let Some(route) = go {
            self.go(route);
        }
        if select.is_some() {
            self.page.selected = select;
            self.page.version = None;
            self.page.follow_selection = true;
        }
        if let Some(toast) = toast {
            self.say(ctx, toast);
        }
    }

    fn failed(&mut self, ctx: &Context, id: RequestId, error: &ServiceError) {
        let why = match error {
            ServiceError::Refused(refusal) => self.sentence_of(refusal),
            error => error.to_string(),
        };
        let pending = self.pending.remove(&id);
        let is_wrong = matches!(error, ServiceError::Store(StoreError::WrongPassphrase));
        if is_wrong && matches!(pending, Some(Pending::NewPassphrase(..))) && self.guessed_too_often() {
            self.lock(ctx);
            self.say(ctx, Toast::bad("Several wrong passphrases in a row, so the store was locked"));
            return;
        }
        if let Some(dialog) = self.dialogs.iter_mut().find(|dialog| dialog.request == Some(id)) {
            dialog.waiting = match error {
                ServiceError::Cancelled => Waiting::Idle,
                ServiceError::Refused(refusal) if dialog.dialog.refused(refusal) => Waiting::Idle,
                _ => Waiting::Failed(why),
            };
            dialog.request = None;
            return;
        }
        if matches!(pending, Some(Pending::KeyUse)) {
            let why = (!matches!(error, ServiceError::Cancelled)).then_some(why);
            self.page.workbench.failed(id, why);
            return;
        }
        if matches!(pending, Some(Pending::Opening)) {
            if self.not_opened(is_wrong) {
                return;
            }
            match &mut self.phase {
                Phase::Closed(gate) => gate.failed(error),
                // The store that was open is closed before another is opened.
                Phase::Open(_) => {
                    self.close(ctx);
                    if let Phase::Closed(gate) = &mut self.phase {
                        gate.failed(error);
                    }
                }
            }
            return;
        }
        // Nobody waits for it: a page that could not be listed says so itself.
        if pending.is_none() {
            return;
        }
        let toast = match error {
            ServiceError::Cancelled
            | ServiceError::Refused(Refusal::RegionUnavailable { .. } | Refusal::ReadOnly { .. }) => Toast::note(why),
            _ => Toast::bad(why),
        };
        self.say(ctx, toast);
    }

    /// A page whose vault is gone gives way to the next one.
    fn stay_somewhere(&mut self) {
        let Phase::Open(view) = &self.phase else { return };
        let is_there = |vault: &VaultName| view.world.vaults.get(vault).is_some();
        let first = view.world.vaults.live().next().map(|vault| vault.name().clone());
        match (&self.route, first) {
            (Route::Vault(vault, _), first) if !is_there(vault) => {
                self.route = first.map_or(Route::NoVault, |vault| Route::Vault(vault, Tab::Secrets));
                self.page = Page::default();
            }
            (Route::NoVault, Some(first)) => self.route = Route::Vault(first, Tab::Secrets),
            (Route::Vault(vault, _), _) => {
                let vault = view.world.vaults.get(vault);
                let kind = self.route.tab().and_then(objects::kind_on);
                let is_there = |name| {
                    kind.is_none_or(|kind| vault.is_some_and(|vault| objects::versions(kind, vault, name).is_some()))
                };
                if self.page.selected.as_ref().is_some_and(|name| !is_there(name)) {
                    self.page.selected = None;
                    self.revealed = None;
                }
            }
            (
                Route::NoVault
                | Route::DeletedVaults
                | Route::Regions
                | Route::Identities
                | Route::Activity
                | Route::Cost,
                _,
            ) => {}
        }
    }

    /// Shows the start page; nothing of the store is left in the window.
    pub(super) fn close(&mut self, ctx: &Context) {
        let folder = self.settings.last_store.clone().unwrap_or_else(settings::default_store);
        self.phase = Phase::Closed(Box::new(Gate::at(&folder, &self.settings)));
        self.forget(ctx);
    }

    fn forget(&mut self, ctx: &Context) {
        self.forget_workbench();
        self.dialogs.clear();
        self.pending.clear();
        self.revealed = None;
        self.page = Page::default();
        self.route = Route::NoVault;
        self.toasts.clear();
        self.questions.clear();
        self.before = None;
        // Typed text lives on in egui's memory as undo steps, and what was drawn in its caches, until frames without it were drawn.
        ctx.memory_mut(|memory| {
            memory.data.clear();
            memory.caches = egui::cache::CacheStorage::default();
        });
        self.to_forget = FRAMES_TO_FORGET;
        ctx.request_repaint();
    }

    /// Says something at the bottom right; of a missing grant with the way to it.
    pub(super) fn say(&mut self, ctx: &Context, toast: Toast) {
        let Toast { tone, text, beside } = toast;
        let beside = beside.or_else(|| self.questions.behind(&text).map(Beside::Why));
        let now = ctx.input(|input| input.time);
        let word = |beside: &Beside| match beside {
            Beside::Undo(_) => "Undo",
            Beside::Why(_) => WHY,
        };
        self.toasts.push(now, tone, text, beside.map(|beside| (word(&beside).to_owned(), beside)));
    }
}
