//! The one place that does what a person wants.

use egui::{Context, ThemePreference, ViewportCommand};

use super::{App, OpenDialog, OpenedBy, Pending, Phase, pick::pick};
use crate::{
    service::{Command, KeyCommand, Request},
    ui::{
        action::{Action, After, FromDialog, Toast, Undo},
        clipboard::{Copies, Copying},
        commands,
        dialogs::{
            Dialog, Typed, Waiting,
            discard::{Discard, Question},
        },
        grant_words, objects,
        route::{Route, Tab},
        scene::Page,
        settings::{Settings, Sidebar, Theme},
    },
};

impl App {
    pub(super) fn apply(&mut self, ctx: &Context, action: Action) {
        match action {
            Action::Go(route) => self.go(route),
            Action::Select(name) => {
                if name != self.page.selected {
                    self.forget_workbench();
                    self.revealed = None;
                    self.page.version = None;
                }
                self.page.follow_selection = name.is_some();
                self.page.selected = name;
            }
            Action::Open(dialog) => self.open(dialog),
            Action::CloseDialog => {
                if self.dialogs.last().is_some_and(OpenDialog::would_lose) {
                    self.open(Box::new(Discard::new(Question::Form, None)));
                } else {
                    self.close_top();
                }
            }
            Action::Finish => self.close_top(),
            Action::Discard => self.drop_dialogs(),
            Action::Do(command, after) => self.ask(Request::Do(self.caller.clone(), command), after),
            Action::Ask(request, after) => self.ask(request, after),
            Action::Cancel => {
                if let Some(OpenDialog { request: Some(id), .. }) = self.dialogs.last() {
                    self.worker.cancel(*id);
                } else if let Phase::Closed(gate) = &mut self.phase
                    && let Some(id) = gate.cancel()
                {
                    self.worker.cancel(id);
                    self.pending.remove(&id);
                }
            }
            Action::CopyValue(vault, name, version) => {
                let command = Command::GetSecret(vault.clone(), name.clone(), version);
                let id = self.worker.ask(Request::Do(self.caller.clone(), command));
                self.pending.insert(id, Pending::Copy(vault, name));
            }
            Action::CopyPart(vault, name, part) => self.copy_value(Some((vault, name)), &part),
            Action::UseKey(vault, name, version, using) => self.use_key(vault, name, version, using),
            Action::CancelKeyUse(id) => self.worker.cancel(id),
            Action::Reveal(vault, name, version) => {
                let command = Command::GetSecret(vault.clone(), name.clone(), version);
                let id = self.worker.ask(Request::Do(self.caller.clone(), command));
                self.pending.insert(id, Pending::Reveal(vault, name));
            }
            Action::Hide => self.revealed = None,
            Action::CopyText(text) => {
                self.copy(Copying { text: text.into(), what: Copies::Harmless });
            }
            Action::Pick(what) => {
                if let Err(error) = pick(ctx, what, self.picks.0.clone()) {
                    self.say(ctx, Toast::bad(format!("The system's file dialog did not open: {error}")));
                }
            }
            Action::SwitchCaller => {
                if let Some(other) = self.somebody_else() {
                    self.apply(ctx, Action::ActAs(other));
                }
            }
            Action::ActAs(id) => self.want_to_act_as(id),
            Action::Why(question) => {
                if self.dialogs.iter().any(OpenDialog::would_lose) {
                    self.open(Box::new(Discard::new(Question::Form, Some(Action::Why(question)))));
                } else {
                    self.show_why(question);
                }
            }
            Action::Lock if self.is_demo() => {
                if !self.dialogs.last().is_some_and(|top| top.dialog.is_question()) {
                    self.open(Box::new(Discard::new(Question::Demo, Some(Action::LeaveDemo))));
                }
            }
            Action::Lock | Action::LeaveDemo => {
                if matches!(self.phase, Phase::Open(_)) {
                    self.lock(ctx);
                }
            }
            Action::OpenStore(how) => self.open_store(how, OpenedBy::Person),
            Action::RememberOnceOpen(folder, passphrase) => self.remember_once_open(folder, passphrase),
            Action::OpenByKeyring(folder, key_file) => self.open_by_keyring(folder, key_file),
            Action::ForgetRemembered(folder) => self.forget_remembered(folder),
            Action::Set(settings) => self.set(ctx, settings),
            Action::SetTheme(preference) => {
                let theme = match preference {
                    ThemePreference::Dark => Theme::Dark,
                    ThemePreference::Light => Theme::Light,
                    ThemePreference::System => Theme::System,
                };
                self.set(ctx, Settings { theme, ..self.settings.clone() });
            }
            Action::ToggleSidebar => {
                let sidebar = match self.settings.sidebar {
                    Sidebar::Shown => Sidebar::Hidden,
                    Sidebar::Hidden => Sidebar::Shown,
                };
                self.set(ctx, Settings { sidebar, ..self.settings.clone() });
            }
            Action::Run(command) => {
                let Some(view) = self.view().cloned() else { return };
                let time = ctx.input(|input| input.time);
                match commands::actions_for(command, &self.scene(&view, time), &self.page) {
                    Ok(actions) => self.act(ctx, actions),
                    Err(why) => self.say(ctx, Toast::note(why)),
                }
            }
            Action::FocusFilter => self.page.focus_filter = true,
            Action::Toast(toast) => self.say(ctx, toast),
            Action::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
        }
    }

    /// Shows a page. Listing is an operation: it is asked, and recorded, when the person comes there.
    pub(super) fn go(&mut self, route: Route) {
        if route != self.route {
            self.forget_workbench();
        }
        if route.vault() != self.route.vault() || route.tab().is_none() {
            self.page = Page::default();
        }
        let kind = route.tab().and_then(objects::kind_on);
        if kind.is_some() && kind != self.page.kind {
            (self.page.selected, self.page.version, self.page.kind) = (None, None, kind);
        }
        if route != self.route {
            self.revealed = None;
            self.list(&route);
        }
        self.route = route;
    }

    /// Asks for what a page lists; the answer is what the window knows anyway.
    pub(super) fn list(&self, route: &Route) {
        let listings = match route {
            Route::Vault(vault, Tab::Secrets) => vec![Command::ListSecrets(vault.clone())],
            Route::Vault(vault, Tab::Keys) => vec![Command::Key(KeyCommand::List(vault.clone()))],
            Route::Vault(vault, Tab::Deleted) => {
                vec![Command::ListDeletedSecrets(vault.clone()), Command::Key(KeyCommand::ListDeleted(vault.clone()))]
            }
            Route::Activity | Route::Cost => {
                self.worker.ask(Request::ReadActivity(self.caller.clone()));
                Vec::new()
            }
            Route::Vault(_, Tab::Overview | Tab::Access)
            | Route::DeletedVaults
            | Route::Regions
            | Route::Identities
            | Route::NoVault => Vec::new(),
        };
        for command in listings {
            // What cannot be listed now is still shown as it was listed last, and the page says so.
            self.worker.ask(Request::Do(self.caller.clone(), command));
        }
    }

    /// Takes back a deletion.
    pub(super) fn undo(&mut self, undo: Undo) {
        match undo {
            Undo::DeletedSecrets(vault, names) => {
                let count = names.len();
                for (place, name) in names.into_iter().enumerate() {
                    let after = match count {
                        1 => After::say(format!("{name} recovered")).selecting(name.clone()),
                        _ if place + 1 == count => After::say(format!("{count} secrets recovered")),
                        _ => After::default(),
                    };
                    let command = Command::RecoverSecret(vault.clone(), name);
                    self.ask(Request::Do(self.caller.clone(), command), after);
                }
            }
            Undo::DeletedKey(vault, name) => {
                let after = After::say(format!("{name} recovered")).selecting(name.clone());
                let command = Command::Key(KeyCommand::Recover(vault, name));
                self.ask(Request::Do(self.caller.clone(), command), after);
            }
            Undo::DeletedVault(vault) => {
                let toast = self.view().map(|view| grant_words::vault_recovered(&view.world, &vault));
                let after = After { toast, ..After::default() };
                let after = after.going(Route::Vault(vault.clone(), Tab::Secrets));
                self.ask(Request::Do(self.caller.clone(), Command::RecoverVault(vault)), after);
            }
        }
    }

    /// Shows a dialog above everything.
    pub(super) fn open(&mut self, dialog: Box<dyn Dialog>) {
        self.dialogs.push(OpenDialog { dialog, waiting: Waiting::Idle, request: None, typed: Typed::Nothing });
    }

    fn close_top(&mut self) {
        if let Some(OpenDialog { request: Some(id), .. }) = self.dialogs.pop() {
            self.worker.cancel(id);
        }
    }

    /// Closes all dialogs, and breaks off what they wait for.
    pub(super) fn drop_dialogs(&mut self) {
        while !self.dialogs.is_empty() {
            self.close_top();
        }
    }

    pub(super) fn keep_settings(&mut self) {
        if self.keep_settings == super::KeepSettings::Yes {
            // A setting that cannot be kept still holds until the window closes.
            drop(self.settings.save());
        }
    }

    fn set(&mut self, ctx: &Context, settings: Settings) {
        self.settings = settings;
        self.put_settings_on(ctx);
        self.keep_settings();
    }

    pub(super) fn ask(&mut self, request: Request, after: After) {
        let is_from_dialog = after.from_dialog != FromDialog::No;
        let pending = match &request {
            Request::ChangePassphrase { new, .. } => Pending::NewPassphrase(after, new.key_file.clone()),
            _ => Pending::Plain(after),
        };
        let id = self.worker.ask(request);
        self.pending.insert(id, pending);
        if let Some(top) = self.dialogs.last_mut().filter(|_| is_from_dialog) {
            top.request = Some(id);
            top.waiting = Waiting::Busy(None);
        }
    }
}
