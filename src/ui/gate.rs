//! Before a store is open: unlock it, make one, or look at the demo.

use std::path::{Path, PathBuf};

use egui::{Align, Id, Key, Layout, Modifiers, Response, ScrollArea, Ui, UiBuilder, vec2};

use super::{
    action::{Action, Pick},
    dialogs::Waiting,
    icons::Icon,
    settings::{Settings, default_store},
    theme::{Font, Tokens, Tone, size, space, text},
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
/// A passphrase of fewer characters gets a word of warning.
const SHORT: usize = 12;
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
            Page::Unlock | Page::Opening => 274.0,
            Page::Welcome => 352.0,
            Page::Other => 300.0,
            Page::Create => 580.0,
        };
        let is_busy = self.waiting.is_busy();
        if !is_busy && self.may_go_back() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            self.go_back(ui, settings);
        }
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
                    Page::Unlock => self.unlock(ui, settings, actions),
                    Page::Create => self.create(ui, settings, actions),
                    Page::Other => self.other(ui, settings, actions),
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
        if self.waiting.is_busy() {
            Self::show_waiting(ui, "Opening the demo…", actions);
            return;
        }
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
    }

    fn unlock(&mut self, ui: &mut Ui, settings: &Settings, actions: &mut Vec<Action>) {
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
        if is_busy {
            Self::show_waiting(ui, "Unlocking…", actions);
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
        self.links(ui, &[("Open another store…", Page::Other)], settings, actions);
    }

    fn create(&mut self, ui: &mut Ui, settings: &Settings, actions: &mut Vec<Action>) {
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
            let field = TextField::new(&mut self.path).label("Folder").error(problem);
            if beside_choose(ui, if is_busy { field.read_only() } else { field }).1 {
                actions.push(Action::Pick(Pick::Folder { title: "Where the store shall lie" }));
            }
            let length = self.passphrase.expose().chars().count();
            let is_short = (1..SHORT).contains(&length).then_some(
                "Short ones are guessed quickly by whoever copies the files. Four or more words are better.",
            );
            let field = TextField::new(&mut self.passphrase).label("Passphrase").password().width(WIDTH);
            let field = field.id(Id::unique(PASSPHRASE)).warning(is_short);
            ui.add(if is_busy { field.read_only() } else { field.focus(self.takes_focus) });
            let differs = !self.again.expose().is_empty() && self.again.expose() != self.passphrase.expose();
            let error = differs.then_some("This is not what is typed above");
            let field = TextField::new(&mut self.again).label("Passphrase again").password().width(WIDTH);
            let field = field.id(Id::unique(AGAIN)).error(error);
            let again = ui.add(if is_busy { field.read_only() } else { field });
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
                Self::show_waiting(ui, "Making the store…", actions);
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
        if !is_busy {
            self.links(ui, &[("Open a store…", Page::Other)], settings, actions);
        }
    }

    fn other(&mut self, ui: &mut Ui, settings: &Settings, actions: &mut Vec<Action>) {
        title(ui, "Open a store");
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            let folder = parse_path(&self.path);
            let problem = match &folder {
                Err(why) if !self.path.is_empty() => Some(why.as_str()),
                Ok(folder) if !store_exists(folder) => Some("There is no store in this folder"),
                _ => None,
            };
            let field =
                TextField::new(&mut self.path).label("Folder of the store").error(problem).focus(self.takes_focus);
            let (field, is_choosing) = beside_choose(ui, field);
            let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            let note = "If your desktop shows no file dialog, type the path here.";
            rich_label(ui, text::secondary(note).color(Tokens::of(ui).dim));
            if is_choosing {
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
        self.links(ui, &[("Create a store…", Page::Create)], settings, actions);
    }

    fn opening_page(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        title(ui, "Welcome to Tresor");
        if self.waiting.is_busy() {
            Self::show_waiting(ui, "Opening the demo…", actions);
        }
    }

    /// What is under way in the place of the button that began it, and a way out in the place of the links.
    fn show_waiting(ui: &mut Ui, words: &str, actions: &mut Vec<Action>) {
        let font = Font::Body;
        let width = size::ICON + space::S + font.layout(ui, words, Tokens::of(ui).dim, f32::INFINITY).size().x;
        ui.allocate_ui_with_layout(vec2(WIDTH, size::FIELD_LARGE), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_size(vec2(WIDTH, size::FIELD_LARGE));
            ui.spacing_mut().item_spacing.x = space::S;
            ui.add_space((WIDTH - width) / 2.0);
            spinner(ui, words);
            ui.label(font.text(words).color(Tokens::of(ui).dim));
        });
        ui.add_space(space::XS);
        ui.vertical_centered(|ui| {
            if quiet_link(ui, "Cancel").clicked() {
                actions.push(Action::Cancel);
            }
        });
    }

    /// Whether this page was turned to from the one that the window begins with.
    fn may_go_back(&self) -> bool {
        matches!(self.page, Page::Create | Page::Other)
    }

    fn go_back(&mut self, ui: &Ui, settings: &Settings) {
        forget_typed(ui.ctx(), Id::unique(PASSPHRASE));
        forget_typed(ui.ctx(), Id::unique(AGAIN));
        *self = Self::at(settings.last_store.clone().unwrap_or_else(default_store));
    }

    fn show_failure(&self, ui: &mut Ui) {
        if let Some(why) = self.waiting.error() {
            let layout = Layout::top_down(Align::Min);
            ui.with_layout(layout, |ui| Banner::new(Tone::Danger).icon(Icon::CIRCLE_ALERT_FILLED).text(why).ui(ui));
        }
    }

    /// Other ways, at the bottom.
    fn links(&mut self, ui: &mut Ui, pages: &[(&str, Page)], settings: &Settings, actions: &mut Vec<Action>) {
        let may_go_back = self.may_go_back();
        let back = may_go_back.then_some("Back");
        let names: Vec<_> = pages.iter().map(|(name, _)| *name).chain(["Explore the demo"]).chain(back).collect();
        let width = |words: &str| Font::Body.layout(ui, words, Tokens::of(ui).dim, f32::INFINITY).size().x;
        let separators = (names.len() - 1) as f32 * (2.0 * space::M + width("·"));
        let whole = names.iter().map(|name| width(name)).sum::<f32>() + separators;
        let mut turn = None;
        let mut goes_back = false;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            ui.add_space(((WIDTH - whole) / 2.0 - space::M).max(0.0));
            for (name, page) in pages {
                if quiet_link(ui, name).clicked() {
                    turn = Some(*page);
                }
                ui.label(text::body("·").color(Tokens::of(ui).faint));
            }
            if quiet_link(ui, "Explore the demo").clicked() {
                actions.push(Action::OpenStore(OpenAs::Demo(None)));
            }
            if may_go_back {
                ui.label(text::body("·").color(Tokens::of(ui).faint));
                goes_back = quiet_link(ui, "Back").on_hover_text("Esc").clicked();
            }
        });
        if goes_back {
            self.go_back(ui, settings);
        } else if let Some(page) = turn {
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

/// The field of a path with the button that picks one; whether that was pressed.
fn beside_choose(ui: &mut Ui, field: TextField<'_>) -> (Response, bool) {
    const BUTTON: f32 = 112.0;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let field = ui.add(field.width(WIDTH - BUTTON - space::S));
        ui.vertical(|ui| {
            // As high as the label.
            ui.add_space(25.0);
            ui.set_width(BUTTON);
            let is_pressed = ui.add(Button::secondary("Choose…").icon(Icon::FOLDER_OPEN).full_width()).clicked();
            (field, is_pressed)
        })
        .inner
    })
    .inner
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
