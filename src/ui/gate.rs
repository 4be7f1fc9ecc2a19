//! Before a store is open: unlock it, make one, or look at the demo.

use std::path::{Path, PathBuf};

use egui::{Align, Id, Key, Layout, ScrollArea, Ui, UiBuilder, vec2};

use super::{
    action::{Action, Pick},
    dialogs::Waiting,
    icons::Icon,
    settings::Settings,
    theme::{Font, Tokens, Tone, space, text},
    typed::{SecretText, parse_path},
    widgets::{Banner, Button, TextField, forget_typed, quiet_link, rich_label, spinner},
};
use crate::{
    service::{OpenAs, Passphrase, Purpose, RequestId, ServiceError, StoreError, store_exists},
    ui::widgets::Segmented,
};

/// The start page and what was typed into it.
pub struct Gate {
    page: Page,
    /// The store that is unlocked or made, as typed.
    path: String,
    passphrase: SecretText,
    again: SecretText,
    purpose: Purpose,
    waiting: Waiting,
    /// The passphrase was wrong: said under its field.
    is_wrong: bool,
    request: Option<RequestId>,
    /// The page was just turned: its first field gets the keyboard in the next frame, and gets it in this one.
    is_new: bool,
    takes_focus: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    /// There is no store yet: three ways to begin.
    Welcome,
    /// A store is there.
    Unlock,
    /// A store is to be made.
    Create,
    /// Another store is to be opened.
    Other,
    /// One is being opened without asking: the demo.
    Opening,
}

/// Width of everything.
const WIDTH: f32 = 380.0;
const PASSPHRASE: &str = "gate: passphrase";
const AGAIN: &str = "gate: passphrase again";

impl Gate {
    /// Unlocks the store in `folder`, or begins from nothing when there is none.
    pub fn at(folder: PathBuf) -> Self {
        let page = if store_exists(&folder) { Page::Unlock } else { Page::Welcome };
        Self::on(page, folder.display().to_string())
    }

    /// Waits for a store that is being opened already.
    pub fn opening(id: RequestId) -> Self {
        Self { waiting: Waiting::Busy(None), request: Some(id), ..Self::on(Page::Opening, String::new()) }
    }

    fn on(page: Page, path: String) -> Self {
        Self {
            page,
            path,
            passphrase: SecretText::default(),
            again: SecretText::default(),
            purpose: Purpose::Real,
            waiting: Waiting::Idle,
            is_wrong: false,
            request: None,
            is_new: true,
            takes_focus: false,
        }
    }

    /// The store is being opened.
    pub fn asked(&mut self, id: RequestId) {
        self.waiting = Waiting::Busy(None);
        self.request = Some(id);
    }

    /// Stops waiting; what was waited for.
    pub fn cancel(&mut self) -> Option<RequestId> {
        self.waiting = Waiting::Idle;
        self.is_new = true;
        if self.page == Page::Opening {
            self.page = Page::Welcome;
        }
        self.request.take()
    }

    /// The store was not opened.
    pub fn failed(&mut self, error: &ServiceError) {
        self.is_wrong = matches!(error, ServiceError::Store(StoreError::WrongPassphrase));
        self.waiting = if self.is_wrong { Waiting::Idle } else { Waiting::Failed(error.to_string()) };
        self.request = None;
        self.is_new = true;
        self.passphrase = SecretText::default();
        self.again = SecretText::default();
        if self.page == Page::Opening {
            self.page = Page::Welcome;
        }
    }

    /// The person picked a folder.
    pub fn picked(&mut self, path: &Path) {
        self.path = path.display().to_string();
        if self.page == Page::Other {
            self.look_at_path();
        }
    }

    /// Draws it.
    pub fn show(&mut self, ui: &mut Ui, settings: &Settings, actions: &mut Vec<Action>) {
        self.takes_focus = std::mem::take(&mut self.is_new);
        let tallest = match self.page {
            Page::Unlock | Page::Opening => 290.0,
            Page::Welcome => 380.0,
            Page::Other => 300.0,
            Page::Create => 640.0,
        };
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let room = ui.available_size();
            let top = ((room.y - tallest) / 2.0).max(space::XL);
            let corner = ui.max_rect().min + vec2((room.x - WIDTH) / 2.0, top);
            let place = egui::Rect::from_min_size(corner, vec2(WIDTH, tallest));
            ui.scope_builder(UiBuilder::new().max_rect(place).layout(Layout::top_down(Align::Center)), |ui| {
                ui.spacing_mut().item_spacing.y = space::M;
                Icon::LOGO.show_sized(ui, 44.0, Tokens::of(ui).accent);
                ui.add_space(space::XS);
                match self.page {
                    Page::Welcome => self.welcome(ui, settings, actions),
                    Page::Unlock => self.unlock(ui, actions),
                    Page::Create => self.create(ui, actions),
                    Page::Other => self.other(ui, actions),
                    Page::Opening => self.opening_page(ui, actions),
                }
            });
        });
    }

    fn welcome(&mut self, ui: &mut Ui, settings: &Settings, actions: &mut Vec<Action>) {
        title(ui, "Welcome to Tresor");
        aside(ui, "Vaults of secrets on this computer, sealed with a passphrase, that behave as Azure Key Vault does.");
        ui.add_space(space::XS);
        self.show_failure(ui);
        if ui.add(Button::primary("Create a store").icon(Icon::PLUS).large().full_width()).clicked() {
            self.turn_to(ui, Page::Create);
        }
        if ui.add(Button::secondary("Open a store…").icon(Icon::FOLDER_OPEN).large().full_width()).clicked() {
            self.path = settings.last_store.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
            self.turn_to(ui, Page::Other);
        }
        if ui.add(Button::secondary("Explore the demo").icon(Icon::PLAY).large().full_width()).clicked() {
            actions.push(Action::OpenStore(OpenAs::Demo(None)));
        }
        aside(ui, "The demo is a company in memory. Nothing of it is kept.");
        if self.waiting.is_busy() {
            spinner(ui, "Opening");
        }
    }

    fn unlock(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        title(ui, "Unlock your store");
        aside(ui, &homely(&self.path));
        self.show_failure(ui);
        let is_busy = self.waiting.is_busy();
        let wrong = self.is_wrong.then_some("The passphrase is wrong");
        let id = Id::unique(PASSPHRASE);
        let field = TextField::new(&mut self.passphrase)
            .name("Passphrase")
            .hint("Passphrase")
            .icon(Icon::KEY)
            .password()
            .large()
            .width(WIDTH)
            .id(id)
            .error(wrong);
        let field = ui.add(if is_busy { field.read_only() } else { field.focus(self.takes_focus) });
        if field.changed() {
            self.is_wrong = false;
        }
        let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if self.passphrase_busy(ui, actions) {
            return;
        }
        let why = self.passphrase.expose().is_empty().then_some("Type the passphrase");
        let unlock = ui.add(Button::primary("Unlock").large().full_width().disabled_because(why));
        if (unlock.clicked() || is_entered) && why.is_none() {
            let passphrase = take(&self.passphrase);
            forget_typed(ui.ctx(), id);
            actions.push(Action::OpenStore(OpenAs::Folder(PathBuf::from(&self.path), passphrase)));
        }
        ui.add_space(space::XS);
        self.links(ui, &[("Open another store…", Page::Other), ("Create a store…", Page::Create)], actions);
    }

    fn create(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        title(ui, "Create a store");
        let is_busy = self.waiting.is_busy();
        self.show_failure(ui);
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            let folder = parse_path(&self.path);
            let taken = folder.as_ref().is_ok_and(|folder| store_exists(folder));
            let problem = match &folder {
                Err(why) if !self.path.is_empty() => Some(why.as_str()),
                Ok(_) if taken => Some("There is a store in this folder already"),
                _ => None,
            };
            ui.add(TextField::new(&mut self.path).label("Folder").width(WIDTH).error(problem));
            if ui.add(Button::secondary("Choose…").icon(Icon::FOLDER_OPEN).small()).clicked() {
                actions.push(Action::Pick(Pick::Folder { title: "Where the store shall lie" }));
            }
            let field = TextField::new(&mut self.passphrase).label("Passphrase").password().width(WIDTH);
            ui.add(field.id(Id::unique(PASSPHRASE)).focus(self.takes_focus));
            let differs = !self.again.expose().is_empty() && self.again.expose() != self.passphrase.expose();
            let error = differs.then_some("This is not what is typed above");
            let field = TextField::new(&mut self.again).label("Passphrase again").password().width(WIDTH);
            let again = ui.add(field.id(Id::unique(AGAIN)).error(error));
            let is_entered = again.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            rich_label(ui, text::body("What it is for").color(Tokens::of(ui).dim));
            let choices = [(Purpose::Real, "Real secrets"), (Purpose::Simulation, "Simulation")];
            Segmented::new("What it is for", &mut self.purpose, &choices).show(ui);
            let note = match self.purpose {
                Purpose::Real => "Its time is the computer's, so nobody can age it by mistake.",
                Purpose::Simulation => "Its clock can be moved forward, to see retention end.",
            };
            rich_label(ui, text::secondary(note).color(Tokens::of(ui).dim));
            Banner::new(Tone::Warn)
                .icon(Icon::TRIANGLE_ALERT_FILLED)
                .text("A lost passphrase cannot be replaced: nobody can open the store without it.")
                .ui(ui);
            let why = match &folder {
                Err(why) => Some(why.clone()),
                Ok(_) if taken => Some("There is a store in this folder already".to_owned()),
                Ok(_) if self.passphrase.expose().is_empty() => Some("Type a passphrase".to_owned()),
                Ok(_) if self.again.expose() != self.passphrase.expose() => {
                    Some("Type the same passphrase twice".to_owned())
                }
                Ok(_) => None,
            };
            if is_busy {
                self.passphrase_busy(ui, actions);
                return;
            }
            let may_create = why.is_none();
            let create = ui.add(Button::primary("Create store").large().full_width().disabled_because(why));
            if let Some(folder) = folder.ok().filter(|_| may_create && (create.clicked() || is_entered)) {
                let passphrase = take(&self.passphrase);
                forget_typed(ui.ctx(), Id::unique(PASSPHRASE));
                forget_typed(ui.ctx(), Id::unique(AGAIN));
                actions.push(Action::OpenStore(OpenAs::New { folder, passphrase, purpose: self.purpose }));
            }
        });
        self.links(ui, &[("Open a store…", Page::Other)], actions);
    }

    fn other(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        title(ui, "Open a store");
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            let folder = parse_path(&self.path);
            let problem = match &folder {
                Err(why) if !self.path.is_empty() => Some(why.as_str()),
                Ok(folder) if !store_exists(folder) => Some("There is no store in this folder"),
                _ => None,
            };
            let field = TextField::new(&mut self.path)
                .label("Folder of the store")
                .width(WIDTH)
                .error(problem)
                .note("If your desktop shows no file dialog, type the path here.")
                .focus(self.takes_focus);
            let field = ui.add(field);
            let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if ui.add(Button::secondary("Choose…").icon(Icon::FOLDER_OPEN).small()).clicked() {
                actions.push(Action::Pick(Pick::Folder { title: "The folder of the store" }));
            }
            ui.add_space(space::XS);
            let why = match &folder {
                Err(why) => Some(why.clone()),
                Ok(folder) if !store_exists(folder) => Some("There is no store in this folder".to_owned()),
                Ok(_) => None,
            };
            let may_go_on = why.is_none();
            let next = ui.add(Button::primary("Go on").large().full_width().disabled_because(why));
            if may_go_on && (next.clicked() || is_entered) {
                self.look_at_path();
            }
        });
        self.links(ui, &[("Create a store…", Page::Create)], actions);
    }

    fn opening_page(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        title(ui, "Opening the demo");
        self.passphrase_busy(ui, actions);
    }

    /// A spinner and a way out while a store is being opened; whether one is.
    fn passphrase_busy(&self, ui: &mut Ui, actions: &mut Vec<Action>) -> bool {
        let is_busy = self.waiting.is_busy();
        if is_busy {
            ui.add_space(space::XS);
            spinner(ui, "Opening");
            if quiet_link(ui, "Cancel").clicked() {
                actions.push(Action::Cancel);
            }
        }
        is_busy
    }

    fn show_failure(&self, ui: &mut Ui) {
        if let Some(why) = self.waiting.error() {
            let layout = Layout::top_down(Align::Min);
            ui.with_layout(layout, |ui| Banner::new(Tone::Danger).icon(Icon::CIRCLE_ALERT_FILLED).text(why).ui(ui));
        }
    }

    /// Other ways, at the bottom.
    fn links(&mut self, ui: &mut Ui, pages: &[(&str, Page)], actions: &mut Vec<Action>) {
        ui.spacing_mut().item_spacing.x = space::M;
        let names = pages.iter().map(|(name, _)| *name).chain(["Explore the demo"]);
        let font = Font::Body;
        let widths = names.map(|name| font.layout(ui, name, Tokens::of(ui).dim, f32::INFINITY).size().x);
        let gaps = pages.len() as f32 * (2.0 * space::M + 4.0);
        let whole = widths.sum::<f32>() + gaps;
        let mut turn = None;
        ui.horizontal(|ui| {
            ui.add_space(((ui.available_width() - whole) / 2.0).max(0.0));
            for (name, page) in pages {
                if quiet_link(ui, name).clicked() {
                    turn = Some(*page);
                }
                ui.label(text::body("·").color(Tokens::of(ui).faint));
            }
            if quiet_link(ui, "Explore the demo").clicked() {
                actions.push(Action::OpenStore(OpenAs::Demo(None)));
            }
        });
        if let Some(page) = turn {
            self.turn_to(ui, page);
        }
    }

    fn turn_to(&mut self, ui: &Ui, page: Page) {
        forget_typed(ui.ctx(), Id::unique(PASSPHRASE));
        forget_typed(ui.ctx(), Id::unique(AGAIN));
        let path = std::mem::take(&mut self.path);
        *self = Self::on(page, path);
    }

    fn look_at_path(&mut self) {
        if let Ok(folder) = parse_path(&self.path)
            && store_exists(&folder)
        {
            *self = Self::on(Page::Unlock, folder.display().to_string());
        }
    }
}

fn take(typed: &SecretText) -> Passphrase {
    Passphrase::new(std::mem::take(&mut *typed.duplicate()))
}

fn title(ui: &mut Ui, words: &str) {
    ui.label(text::page_title(words));
}

fn aside(ui: &mut Ui, words: &str) {
    ui.add(egui::Label::new(text::body(words).color(Tokens::of(ui).dim)).wrap());
}

/// A path with the home folder as `~`, as people write it.
fn homely(path: &str) -> String {
    let home = directories::BaseDirs::new();
    let rest = home.and_then(|home| Some(Path::new(path).strip_prefix(home.home_dir()).ok()?.to_owned()));
    rest.map_or_else(|| path.to_owned(), |rest| format!("~/{}", rest.display()))
}
