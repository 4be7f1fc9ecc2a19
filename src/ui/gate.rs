//! Before a store is open: unlock it, make one, or look at the demo.

mod create;
mod place;
mod unlock;

use std::path::{Path, PathBuf};

use egui::{Align, Id, Key, Layout, Modifiers, ScrollArea, Ui, UiBuilder, vec2};

use self::place::{Found, Place, free_folder};
use super::{
    action::{Action, Pick},
    dialogs::Waiting,
    icons::Icon,
    key_file_field::KeyFileField,
    settings::{Settings, default_store},
    strength_meter::StrengthMeter,
    theme::{Font, Tokens, Tone, size, space, text},
    typed::SecretText,
    widgets::{Banner, Button, forget_typed, quiet_link, spinner},
};
use crate::service::{OpenAs, Passphrase, Purpose, RequestId, ServiceError, StoreError, store_exists};

/// The start page and what was typed into it.
#[expect(clippy::struct_excessive_bools, reason = "each is a tick or a mark of its own")]
pub(super) struct Gate {
    page: Page,
    /// Where the first page looked for a store: Back leads there.
    start: PathBuf,
    /// The store that is unlocked or made.
    place: Place,
    passphrase: SecretText,
    again: SecretText,
    strength: StrengthMeter,
    key_file: KeyFileField,
    shows_key_file: bool,
    /// Whether the keyring shall remember the passphrase, and whether it does already.
    remembers: bool,
    is_remembered: bool,
    /// The store and the key file for which the keyring was asked.
    asked_keyring: Option<(PathBuf, Option<PathBuf>)>,
    picks: Picks,
    purpose: Purpose,
    waiting: Waiting,
    /// The passphrase was wrong: said under its field.
    is_wrong: bool,
    /// The store is older than it was last (T9), and whether the person says that it shall be.
    is_older: bool,
    accepts_older: bool,
    request: Option<RequestId>,
    /// The page was just turned: its first field gets the keyboard in the next frame, and gets it in this one.
    is_new: bool,
    takes_focus: bool,
}

/// What the page is told in each frame.
pub(super) struct Around<'a> {
    /// The person's settings.
    pub(super) settings: &'a Settings,
    /// Seconds until the store may be tried again, after wrong passphrases.
    pub(super) wait_secs: Option<u32>,
    /// Whether a keyring can remember the passphrase.
    pub(super) has_keyring: bool,
}

/// For what a path is being picked.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Picks {
    #[default]
    Folder,
    KeyFile,
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
    pub(super) fn at(folder: &Path, settings: &Settings) -> Self {
        let page = if store_exists(folder) { Page::Unlock } else { Page::Welcome };
        Self::on(page, folder, folder.to_owned()).knowing(settings)
    }

    /// Waits for a store that is being opened already.
    pub(super) fn opening(id: RequestId) -> Self {
        Self {
            waiting: Waiting::Busy(None),
            request: Some(id),
            ..Self::on(Page::Opening, &default_store(), default_store())
        }
    }

    fn on(page: Page, folder: &Path, start: PathBuf) -> Self {
        Self {
            page,
            start,
            place: Place::at(folder),
            passphrase: SecretText::default(),
            again: SecretText::default(),
            strength: StrengthMeter::default(),
            key_file: KeyFileField::default(),
            shows_key_file: false,
            remembers: false,
            is_remembered: false,
            asked_keyring: None,
            picks: Picks::Folder,
            purpose: Purpose::Real,
            waiting: Waiting::Idle,
            is_wrong: false,
            is_older: false,
            accepts_older: false,
            request: None,
            is_new: true,
            takes_focus: false,
        }
    }

    /// With what the settings know of the store.
    fn knowing(mut self, settings: &Settings) -> Self {
        let folder = Path::new(&self.place.text);
        let key_file = settings.key_files.get(folder).filter(|_| self.page == Page::Unlock);
        self.shows_key_file = key_file.is_some();
        self.key_file = KeyFileField::with(key_file.map(PathBuf::as_path));
        self.is_remembered = settings.remembered.contains(folder);
        self
    }

    /// The folder of the store that is unlocked or made.
    pub(super) fn folder(&self) -> &Path {
        Path::new(&self.place.text)
    }

    /// The keyring was asked what opens the store in `folder`.
    pub(super) fn asks_keyring(&mut self, folder: PathBuf, key_file: Option<PathBuf>) {
        self.waiting = Waiting::Busy(None);
        self.asked_keyring = Some((folder, key_file));
    }

    /// It has answered; the key file that goes with its answer, unless nobody waits for it any more.
    #[expect(clippy::option_option, reason = "whether somebody waits, and the key file if there is one")]
    pub(super) fn heard_keyring(&mut self, folder: &Path) -> Option<Option<PathBuf>> {
        let (_, key_file) = self.asked_keyring.take().filter(|(asked, _)| asked == folder)?;
        self.waiting = Waiting::Idle;
        Some(key_file)
    }

    /// Says why the passphrase has to be typed.
    pub(super) fn say(&mut self, why: impl Into<String>) {
        self.waiting = Waiting::Failed(why.into());
        self.request = None;
        self.is_new = true;
        self.is_remembered = false;
    }

    /// The store is being opened.
    pub(super) fn asked(&mut self, id: RequestId) {
        self.waiting = Waiting::Busy(None);
        self.request = Some(id);
    }

    /// Stops waiting; what was waited for.
    pub(super) fn cancel(&mut self) -> Option<RequestId> {
        self.waiting = Waiting::Idle;
        self.asked_keyring = None;
        self.is_new = true;
        if self.page == Page::Opening {
            self.page = self.first_page();
        }
        self.request.take()
    }

    /// The store was not opened.
    pub(super) fn failed(&mut self, error: &ServiceError) {
        self.is_wrong = matches!(error, ServiceError::Store(StoreError::WrongPassphrase));
        self.is_older = matches!(error, ServiceError::Store(StoreError::Older { .. }));
        self.waiting = if self.is_wrong { Waiting::Idle } else { Waiting::Failed(error.to_string()) };
        self.request = None;
        self.is_new = true;
        self.passphrase = SecretText::default();
        self.again = SecretText::default();
        self.key_file.may_be_made();
        self.place.look_again();
        if self.page == Page::Opening {
            self.page = self.first_page();
        }
    }

    /// The person picked a folder or a key file.
    pub(super) fn picked(&mut self, path: &Path, settings: &Settings) {
        if self.picks == Picks::KeyFile {
            self.key_file.picked(path);
            return;
        }
        self.place = Place::at(path);
        if self.page == Page::Other {
            self.unlock_what_is_there(settings);
        }
    }

    /// Draws it.
    pub(super) fn show(&mut self, ui: &mut Ui, around: &Around<'_>, actions: &mut Vec<Action>) {
        let is_inner = matches!(self.page, Page::Create | Page::Other) && !self.waiting.is_busy();
        if is_inner && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            self.go_back(ui, around.settings);
        }
        self.takes_focus = std::mem::take(&mut self.is_new);
        let tallest = match self.page {
            Page::Unlock if self.shows_key_file => 400.0,
            Page::Unlock => 310.0,
            Page::Opening => 274.0,
            Page::Welcome => 352.0,
            Page::Other => 300.0,
            Page::Create => 660.0,
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
                    Page::Welcome => self.welcome(ui, around.settings, actions),
                    Page::Unlock => self.unlock(ui, around, actions),
                    Page::Create => self.create(ui, around, actions),
                    Page::Other => self.other(ui, around.settings, actions),
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
        if self.show_busy(ui, "Opening the demo…", actions) {
            return;
        }
        if ui.add(Button::primary("Create a store").icon(Icon::PLUS).large().full_width()).clicked() {
            self.turn_to(ui, Page::Create);
        }
        if ui.add(Button::secondary("Open a store…").icon(Icon::FOLDER_OPEN).large().full_width()).clicked() {
            self.place = settings.last_store.as_deref().map(Place::at).unwrap_or_default();
            self.turn_to(ui, Page::Other);
        }
        if ui.add(Button::secondary("Explore the demo").icon(Icon::PLAY).large().full_width()).clicked() {
            actions.push(Action::OpenStore(OpenAs::Demo(None)));
        }
        aside(ui, "The demo is a company in memory. Nothing of it is kept.");
    }

    fn other(&mut self, ui: &mut Ui, settings: &Settings, actions: &mut Vec<Action>) {
        title(ui, "Open a store");
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            let found = self.place.found();
            let problem = match &found {
                Err(why) => Some(why.as_str()),
                Ok(Found::NoStore(_)) => Some("There is no store in this folder"),
                Ok(Found::Store(_)) => None,
            };
            let shown = problem.filter(|_| !self.place.text.is_empty());
            let (is_entered, picks) = self.place.show(ui, "Folder of the store", shown, Some(self.takes_focus));
            if picks {
                self.picks = Picks::Folder;
                actions.push(Action::Pick(Pick::Folder { title: "The folder of the store" }));
            }
            let next = ui.add(Button::primary("Go on").large().full_width().disabled_because(problem));
            if problem.is_none() && (next.clicked() || is_entered) {
                self.unlock_what_is_there(settings);
            }
        });
        self.links(ui, &[("Create a store…", Page::Create)], settings, actions);
    }

    fn opening_page(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        title(ui, "Welcome to Tresor");
        self.show_busy(ui, "Opening the demo…", actions);
    }

    /// While a store is being opened: that it is, in the place of the button, and a way out in that of the links.
    /// Whether one is.
    fn show_busy(&self, ui: &mut Ui, words: &str, actions: &mut Vec<Action>) -> bool {
        let is_busy = self.waiting.is_busy();
        if is_busy {
            under_way(ui, words);
            ui.add_space(space::XS);
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
    fn links(&mut self, ui: &mut Ui, pages: &[(&str, Page)], settings: &Settings, actions: &mut Vec<Action>) {
        const DEMO: &str = "Explore the demo";
        ui.spacing_mut().item_spacing.x = space::S;
        let back = matches!(self.page, Page::Create | Page::Other).then_some("Back");
        let names: Vec<&str> = back.into_iter().chain(pages.iter().map(|(name, _)| *name)).chain([DEMO]).collect();
        let dim = Tokens::of(ui).dim;
        let width = |text: &str| Font::Body.layout(ui, text, dim, f32::INFINITY).size().x;
        let between = width("·") + 2.0 * space::S;
        let whole = names.iter().map(|name| width(name)).sum::<f32>() + (names.len() - 1) as f32 * between;
        let mut chosen = None;
        ui.horizontal(|ui| {
            ui.add_space(((WIDTH - whole) / 2.0).max(0.0));
            for (place, name) in names.iter().enumerate() {
                if place > 0 {
                    ui.label(text::body("·").color(Tokens::of(ui).faint));
                }
                if quiet_link(ui, name).clicked() {
                    chosen = Some(*name);
                }
            }
        });
        match (chosen, chosen.and_then(|chosen| pages.iter().find(|(name, _)| *name == chosen))) {
            (None, _) => {}
            (_, Some((_, page))) => self.turn_to(ui, *page),
            (Some(DEMO), None) => actions.push(Action::OpenStore(OpenAs::Demo(None))),
            (Some(_), None) => self.go_back(ui, settings),
        }
    }

    fn first_page(&self) -> Page {
        if store_exists(&self.start) { Page::Unlock } else { Page::Welcome }
    }

    fn go_back(&mut self, ui: &Ui, settings: &Settings) {
        Self::forget(ui);
        *self = Self::at(&self.start, settings);
    }

    fn turn_to(&mut self, ui: &Ui, page: Page) {
        Self::forget(ui);
        let folder = PathBuf::from(&self.place.text);
        let folder = if page == Page::Create { free_folder(folder) } else { folder };
        *self = Self::on(page, &folder, std::mem::take(&mut self.start));
    }

    fn unlock_what_is_there(&mut self, settings: &Settings) {
        if let Ok(Found::Store(folder)) = self.place.found() {
            *self = Self::on(Page::Unlock, &folder, std::mem::take(&mut self.start)).knowing(settings);
        }
    }

    fn forget(ui: &Ui) {
        forget_typed(ui.ctx(), Id::unique(PASSPHRASE));
        forget_typed(ui.ctx(), Id::unique(AGAIN));
    }
}

/// A spinner beside words, as high as the button it stands for.
fn under_way(ui: &mut Ui, words: &str) {
    let colour = Tokens::of(ui).dim;
    let width = size::ICON + space::S + Font::Body.layout(ui, words, colour, f32::INFINITY).size().x;
    let room = vec2(WIDTH, size::FIELD_LARGE);
    ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(room);
        ui.spacing_mut().item_spacing.x = space::S;
        ui.add_space((WIDTH - width) / 2.0);
        spinner(ui, words);
        ui.label(text::body(words).color(colour));
    });
}

fn is_entered(ui: &Ui, field: &egui::Response) -> bool {
    field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
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
