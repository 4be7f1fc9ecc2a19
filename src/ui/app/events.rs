//! What the worker, the clipboard and the desktop's dialogs tell.

use egui::Context;

use super::{App, CopiedValue, Pending, Phase, REVEAL_SECS};
use crate::{
    domain::{ObjectName, Refusal, SecretValue, VaultName},
    service::{Event, Reply, RequestId, ServiceError},
    ui::{
        action::{After, FromDialog, Toast},
        clipboard::ClipboardEvent,
        dialogs::Waiting,
        gate::Gate,
        objects,
        route::{Route, Tab},
        scene::{Page, Revealed},
        settings,
    },
};

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
                gate.picked(&path);
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
                if let Some(folder) = view.store.folder() {
                    self.settings.last_store = Some(folder.to_owned());
                    self.keep_settings();
                }
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
                self.copy_value(ctx, vault, name, value);
            }
            (Some(Pending::Reveal(vault, name)), Reply::Value(version, value)) => {
                let until = ctx.input(|input| input.time) + REVEAL_SECS;
                self.revealed = Some(Revealed { vault, name, version: version.id, value, until });
            }
            (Some(Pending::KeyUse), Reply::Used(version, answer)) => self.page.workbench.answered(id, version, answer),
            (Some(Pending::Plain(after)), reply) => self.follow(ctx, id, after, reply),
            (Some(Pending::Copy(..) | Pending::Reveal(..) | Pending::KeyUse | Pending::Opening) | None, _) => {}
        }
    }

    /// Puts a value, or a part of one, into the clipboard for a while (G4).
    pub(super) fn copy_value(&mut self, ctx: &Context, vault: VaultName, name: ObjectName, value: SecretValue) {
        if let Some(clipboard) = &self.clipboard {
            clipboard.copy(value);
            let lasts = self.settings.clipboard_secs as f32;
            let until = ctx.input(|input| input.time) + f64::from(lasts);
            self.copied = Some(CopiedValue { vault, name, until, lasts });
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
            ServiceError::Refused(refusal) => refusal.sentence(self.zone),
            error => error.to_string(),
        };
        let pending = self.pending.remove(&id);
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

    fn hear_clipboard(&mut self, ctx: &Context, event: ClipboardEvent) {
        match event {
            ClipboardEvent::Copied | ClipboardEvent::Cleared => {}
            ClipboardEvent::Refused(why) => {
                self.copied = None;
                self.say(ctx, Toast::bad(format!("The desktop did not take the value: {why}")));
            }
            ClipboardEvent::NotCleared(why) => {
                let text = format!("The desktop did not let Tresor clear the clipboard. Clear it yourself ({why})");
                self.say(ctx, Toast::bad(text));
            }
        }
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
            (Route::NoVault | Route::DeletedVaults | Route::Regions, _) => {}
        }
    }

    /// Shows the start page; nothing of the store is left in the window.
    pub(super) fn close(&mut self, ctx: &Context) {
        let folder = self.settings.last_store.clone().unwrap_or_else(settings::default_store);
        self.phase = Phase::Closed(Gate::at(&folder));
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
        // Typed text lives on in egui's memory as undo steps.
        ctx.memory_mut(|memory| memory.data.clear());
    }

    /// Says something at the bottom right.
    pub(super) fn say(&mut self, ctx: &Context, toast: Toast) {
        let Toast { tone, text, undo } = toast;
        let now = ctx.input(|input| input.time);
        self.toasts.push(now, tone, text, undo.map(|undo| ("Undo".to_owned(), undo)));
    }
}
