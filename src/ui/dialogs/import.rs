//! Importing many secrets from a file: looked over first, then all or none.

use std::path::PathBuf;

use egui::{Align, Context, Label, Layout, Rect, Sides, Ui, UiBuilder, vec2};

use super::{
    Dialog, Waiting,
    import_rows::{ImportRows, Standing},
    path_field::PathField,
};
use crate::{
    domain::{Operation, Target, VaultName, refusal::grouped},
    service::{Command, Reply, Request},
    ui::{
        action::{Action, After, Pick},
        route::{Route, Tab},
        scene::Scene,
        theme::{Font, Tokens, Tone, size, space},
        typed::FormId,
        widgets::{
            self, Badge, Button, Checkbox, ProgressBar, Table, TableColumn, TableRow, TextField, rich_label, spinner,
        },
        words,
    },
};

/// Asks for a file, shows what is in it, and imports what is ticked.
pub(in crate::ui) struct Import {
    form: FormId,
    vault: VaultName,
    path: PathField,
    /// The file was picked and is to be read.
    is_picked: bool,
    read: Option<Vec<crate::domain::import::Row>>,
    rows: Option<ImportRows>,
}

/// What was pressed in the footer.
enum Pressed {
    Nothing,
    Primary,
    Back,
    Cancel,
}

impl Import {
    /// Imports into `vault`.
    pub(in crate::ui) fn new(vault: VaultName) -> Self {
        Self { form: FormId::fresh(), vault, path: PathField::default(), is_picked: false, read: None, rows: None }
    }

    /// The first step: which file.
    fn choose(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let says = "Secrets are read from .env and JSON files. You see what is in the file before anything is set.";
        rich_label(ui, Font::Body.text(says).color(Tokens::of(ui).dim));
        if self.path.show(ui, "File") {
            let filter = Some((".env and JSON files", ["env", "json"].as_slice()));
            actions.push(Action::Pick(Pick::File { title: "Import secrets", filter }));
        }
    }

    /// The second step: what is in it.
    fn look_over(rows: &mut ImportRows, ui: &mut Ui, waiting: &Waiting) {
        if waiting.is_busy() {
            let fraction = if let Waiting::Busy(Some(fraction)) = waiting { *fraction } else { 0.0 };
            ui.label(Font::Body.text("All are set, or none.").color(Tokens::of(ui).dim));
            ui.add(ProgressBar::new("Importing", fraction));
            return;
        }
        let (ticked, all) = (rows.ticked(), rows.lines().len());
        let whole = rows.lines().iter().filter(|line| line.is_whole()).count();
        Sides::new().height(24.0).show(
            ui,
            |ui| {
                let mut is_all = ticked == whole && whole > 0;
                if ui.add(Checkbox::new(&mut is_all, "All that can be imported")).changed() {
                    rows.tick_all(is_all);
                }
            },
            |ui| {
                let count = format!("{} of {} ticked", grouped(ticked), grouped(all));
                ui.label(Font::Body.text(count).color(Tokens::of(ui).dim));
            },
        );
        preview(rows, ui);
        if let Some((line, why)) = rows.first_conflict() {
            let says = format!("Line {line}: {why}. Give it another name, or untick it.");
            ui.add(Label::new(Font::Secondary.text(says).color(Tokens::of(ui).warn)).wrap());
        }
    }
}

fn preview(rows: &mut ImportRows, ui: &mut Ui) {
    let columns = [
        TableColumn::exact("", 18.0),
        TableColumn::exact("Line", 44.0),
        TableColumn::share("In the file", 2.0),
        TableColumn::share("Becomes", 2.4),
        TableColumn::share("", 4.0),
    ];
    let count = rows.lines().len();
    let tallest = (ui.ctx().content_rect().height() - 380.0).clamp(130.0, 420.0);
    let height = (count as f32 * size::ROW + size::TABLE_HEAD + 1.0).min(tallest);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), egui::Sense::hover());
    let inside = UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Min)).id_salt("preview");
    ui.scope_builder(inside, |ui| {
        Table::new("Entries of the file", &columns, count).inset(space::XS).show(ui, |row| entry(row, rows));
    });
}

fn entry(row: &mut TableRow<'_>, rows: &mut ImportRows) {
    let index = row.index;
    let line = &rows.lines()[index];
    let (number, is_whole, was_ticked) = (line.number, line.is_whole(), line.is_ticked);
    let mut is_ticked = was_ticked;
    let tick = row.take();
    let place = Rect::from_center_size(tick.center(), vec2(16.0, 24.0));
    let name = format!("Import line {number}");
    row.ui.push_id(("tick", number), |ui| {
        ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
            ui.add_enabled_ui(is_whole, |ui| ui.add(Checkbox::without_text(&mut is_ticked, &name)));
        });
    });
    row.text(&number.to_string());
    row.text(if line.source_name.is_empty() { "—" } else { &line.source_name });
    let mut new_name = None;
    if is_whole {
        let mut typed = line.name.clone();
        let label = format!("Name for line {number}");
        let is_wrong = was_ticked && matches!(line.standing, Standing::BadName(_));
        row.cell(|ui| {
            let width = ui.available_width();
            let field =
                TextField::new(&mut typed).name(&label).id(ui.make_persistent_id(("name", number))).width(width);
            if ui.add(field.warning(is_wrong.then_some(""))).changed() {
                new_name = Some(typed);
            }
        });
    } else {
        row.text("—");
    }
    row.cell(|ui| {
        let t = Tokens::of(ui);
        let (tone, word, more) = match &line.standing {
            Standing::New => (Tone::Ok, "New", line.note()),
            Standing::NewVersion => (Tone::Accent, "New version", line.note()),
            Standing::BadName(why) => (Tone::Warn, "Rename", Some(why.clone())),
            Standing::Broken(why) => (Tone::Danger, "Left out", Some(why.clone())),
        };
        ui.add(Badge::new(tone, word));
        if let Some(more) = more {
            ui.add(Label::new(Font::Secondary.text(&more).color(t.dim)).truncate()).on_hover_text(more);
        }
    });
    if is_ticked != was_ticked {
        rows.line_mut(index).is_ticked = is_ticked;
    }
    if let Some(name) = new_name {
        rows.line_mut(index).name = name;
    }
}

impl Dialog for Import {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        if let Some(read) = self.read.take() {
            self.rows = Some(ImportRows::new(read, scene.zone));
        }
        if let (Some(rows), Some(vault)) = (&mut self.rows, scene.view.world.vaults.get(&self.vault)) {
            rows.compare(vault, scene.zone);
        }
        let refusal = scene.why_not(Operation::SecretSet, &Target::Vault(self.vault.clone()));
        let path = self.path.path();
        let (primary, why_not) = match &self.rows {
            None => ("Read the file".to_owned(), path.as_ref().err().cloned()),
            Some(rows) => {
                let why_not = refusal
                    .or_else(|| (rows.ticked() == 0).then(|| "Nothing is ticked".to_owned()))
                    .or_else(|| rows.first_conflict().map(|(line, why)| format!("Line {line}: {why}")));
                (format!("Import {}", words::counted(rows.ticked(), "secret")), why_not)
            }
        };
        let is_second = self.rows.is_some();
        let widest = ctx.content_rect().width() - 48.0;
        let width = if is_second { widest.min(780.0) } else { 540.0 };
        let title = format!("Import secrets into {}", self.vault);
        let is_busy = waiting.is_busy();
        let answer = widgets::Dialog::new("import", &title).width(width).error(waiting.error()).show(
            ctx,
            |ui| {
                ui.push_id(self.form, |ui| match &mut self.rows {
                    None => self.choose(ui, actions),
                    Some(rows) => Self::look_over(rows, ui, waiting),
                });
            },
            |ui| {
                let why_not = why_not.clone().or_else(|| is_busy.then(|| "It is under way".to_owned()));
                let mut pressed = Pressed::Nothing;
                if ui.add(Button::primary(primary).disabled_because(why_not)).clicked() {
                    pressed = Pressed::Primary;
                }
                if ui.add(Button::secondary("Cancel")).clicked() {
                    pressed = Pressed::Cancel;
                }
                if is_second && !is_busy && ui.add(Button::ghost("Another file")).clicked() {
                    pressed = Pressed::Back;
                }
                if is_busy && !is_second {
                    spinner(ui, "Reading the file");
                }
                pressed
            },
        );
        let pressed = match answer.footer {
            Pressed::Nothing if answer.is_submitted && !is_second => Pressed::Primary,
            pressed => pressed,
        };
        let is_picked = std::mem::take(&mut self.is_picked);
        match pressed {
            Pressed::Cancel if is_busy => actions.push(Action::Cancel),
            Pressed::Cancel => actions.push(Action::CloseDialog),
            Pressed::Nothing if answer.should_close => {
                actions.push(if is_busy { Action::Cancel } else { Action::CloseDialog });
            }
            Pressed::Back => self.rows = None,
            Pressed::Primary | Pressed::Nothing if is_busy => {}
            Pressed::Nothing if !is_picked => {}
            Pressed::Primary | Pressed::Nothing => match (&self.rows, why_not, path) {
                (Some(rows), None, _) if !is_picked => {
                    let new = rows.to_send();
                    let page = Route::Vault(self.vault.clone(), Tab::Secrets);
                    let after = After::say(format!("{} imported", words::counted(new.len(), "secret")));
                    let command = Command::SetSecrets(self.vault.clone(), new);
                    actions.push(Action::Do(command, after.closing().going(page)));
                }
                (None, None, Ok(path)) => {
                    actions.push(Action::Ask(Request::ReadImport(path), After::default().staying()));
                }
                _ => {}
            },
        }
    }

    fn answered(&mut self, reply: Reply) {
        if let Reply::Rows(rows) = reply {
            self.read = Some(rows);
        }
    }

    fn picked(&mut self, path: PathBuf) {
        self.path.set(&path);
        self.is_picked = true;
    }
}
