//! What Key Vault would charge for what was asked, by month and vault (S18).

use egui::{Align, Label, Layout, Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

use crate::{
    domain::{
        Operation, Target,
        cost::{Bill, Counted},
        history::{History, Reach},
    },
    ui::{
        action::Action,
        command::UiCommand,
        icons::Icon,
        scene::{Page, Scene},
        theme::{Font, Tokens, Tone, size, space},
        widgets::{Banner, Button, EmptyState, hairline, rich_label, spinner},
        words,
    },
};

/// So many records are counted in one frame: a few milliseconds.
const PIECE: usize = 50_000;
const HEAD: f32 = 66.0;
const LINE: f32 = 34.0;
/// Lines do not grow beyond this.
const WIDEST: f32 = 960.0;

/// What is not counted, and where that can be read.
const NOT_COUNTED: &str = "Counted by Key Vault's public rules: every answered request to a vault is an operation, refused \
    ones too; recovering and purging count; making and deleting vaults, listing them, and what happens by itself cost \
    nothing. A key version in an HSM costs its monthly charge while it was used in the last 30 days, deleted or not. Not \
    counted: requests made before records were kept or after they were forgotten, certificate renewals, scheduled \
    rotations, private links, taxes. Prices are yours to set, in any currency.";

/// Draws it.
pub(in crate::ui) fn show(ui: &mut Ui, scene: &Scene<'_>, page: &mut Page, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let room = ui.available_rect_before_wrap();
    let head = Rect::from_min_size(room.min, vec2(room.width(), HEAD)).shrink2(vec2(space::XL, 0.0));
    header(ui, head, actions);
    let below = room.with_min_y(room.top() + HEAD).shrink2(vec2(space::XL, 0.0));
    // What it would cost is told by the activity.
    if let Some(why) = scene.not_granted(Operation::ActivityRead, &Target::Subscription) {
        ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
            super::refused::instead(ui, "The costs are not shown", &why);
        });
        return;
    }
    let Some(history) = &scene.view.history else {
        ui.scope_builder(UiBuilder::new().max_rect(below), |ui| spinner(ui, "Reading the activity"));
        return;
    };
    if !page.cost.ledger.look(history, PIECE) {
        ui.ctx().request_repaint();
    }
    let bills = page.cost.ledger.bills(&scene.settings.prices, scene.now);
    ui.scope_builder(UiBuilder::new().max_rect(below.with_max_x(room.right())), |ui| {
        if bills.is_empty() && history.reach == Reach::Whole {
            let text = "What is asked of a vault is counted here as Key Vault would count it. Nothing was asked yet.";
            EmptyState::new(Icon::TAG, "Nothing to pay for", text).show(ui);
            return;
        }
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.set_max_width((below.width()).min(WIDEST));
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add_space(space::M);
            for fault in history.faults.iter().take(3) {
                Banner::new(Tone::Danger).icon(Icon::TRIANGLE_ALERT).text(&fault.sentence(scene.zone)).ui(ui);
                ui.add_space(space::M);
            }
            for bill in &bills {
                month(ui, bill);
                ui.add_space(space::XL);
            }
            let t = Tokens::of(ui);
            rich_label(ui, Font::Secondary.text(since(scene, history)).color(t.dim));
            ui.add_space(space::S);
            rich_label(ui, Font::Secondary.text(NOT_COUNTED).color(t.dim));
            ui.add_space(space::XL);
        });
    });
    ui.advance_cursor_after_rect(room);
}

fn header(ui: &mut Ui, room: Rect, actions: &mut Vec<Action>) {
    let t = Tokens::of(ui);
    let beside = Rect::from_min_size(pos2(room.left(), room.top() + 25.0), vec2(room.width(), size::BUTTON));
    let layout = Layout::right_to_left(Align::Center);
    let drawn = ui.scope_builder(UiBuilder::new().max_rect(beside).layout(layout), |ui| {
        if ui.add(Button::secondary("Prices…").icon(Icon::PENCIL)).clicked() {
            actions.push(Action::Run(UiCommand::Prices));
        }
        ui.min_rect().left()
    });
    let left = Rect::from_min_max(pos2(room.left(), room.top() + 14.0), pos2(drawn.inner - space::L, room.bottom()));
    ui.scope_builder(UiBuilder::new().max_rect(left), |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        ui.label(Font::PageTitle.text("Cost").color(t.text));
        let text = "What Key Vault would charge for what was asked here.";
        ui.add(Label::new(Font::Body.text(text).color(t.dim)).truncate());
    });
}

/// Since when there are records, and how long they are kept.
fn since(scene: &Scene<'_>, history: &History) -> String {
    let days = words::counted(scene.view.world.activity_days.days().into(), "day");
    match (history.reach, history.since()) {
        (Reach::Reading, _) => "The activity is still being read.".to_owned(),
        (Reach::Whole, None) => format!("There are no records. They are kept for {days}."),
        (Reach::Whole, Some(since)) => {
            format!(
                "Counted from {}, when the oldest record was made. Records are kept for {days}.",
                scene.zone.date(since)
            )
        }
    }
}

/// Where each number stands, from the right.
const COLUMNS: [(&str, f32); 4] =
    [("Operations", 100.0), ("On advanced keys", 132.0), ("Keys in an HSM", 120.0), ("Amount", 100.0)];

fn month(ui: &mut Ui, bill: &Bill) {
    let t = Tokens::of(ui);
    ui.label(Font::PanelTitle.text(bill.month.title()).color(t.text));
    ui.add_space(space::XS);
    let heads = COLUMNS.map(|(name, _)| (name.to_owned(), Font::SecondaryMedium, t.dim));
    line(ui, (bill.month, "head"), ("Vault", Font::SecondaryMedium, t.dim), &heads);
    hairline(ui);
    for (place, bill_line) in bill.lines.iter().enumerate() {
        let Counted { operations, advanced, hsm, hsm_advanced } = bill_line.counted;
        let cells = [count(operations), count(advanced), count(hsm + hsm_advanced), bill_line.amount.to_string()];
        let cells = cells.map(|text| (text, Font::Body, t.text));
        line(ui, (bill.month, place), (&bill_line.vault, Font::Medium, t.text), &cells);
        hairline(ui);
    }
    let sum = |count: fn(&Counted) -> u64| bill.lines.iter().map(|line| count(&line.counted)).sum::<u64>();
    let cells = [
        count(sum(|counted| counted.operations)),
        count(sum(|counted| counted.advanced)),
        count(sum(|counted| counted.hsm + counted.hsm_advanced)),
        bill.total.to_string(),
    ];
    line(
        ui,
        (bill.month, "total"),
        ("Together", Font::Strong, t.text),
        &cells.map(|text| (text, Font::Strong, t.text)),
    );
}

fn count(number: u64) -> String {
    words::grouped(usize::try_from(number).unwrap_or(usize::MAX))
}

type Cell = (String, Font, egui::Color32);

/// A name at the left, numbers at the right.
fn line(
    ui: &mut Ui,
    key: impl std::hash::Hash + std::fmt::Debug,
    name: (&str, Font, egui::Color32),
    cells: &[Cell; 4],
) {
    let width = ui.available_width();
    let is_narrow = width < 640.0;
    let (rect, _) = ui.allocate_exact_size(vec2(width, LINE), egui::Sense::hover());
    let layout = Layout::right_to_left(Align::Center);
    let mut line = ui.new_child(UiBuilder::new().max_rect(rect).layout(layout).id_salt(key));
    line.spacing_mut().item_spacing.x = 0.0;
    for (place, ((text, font, colour), (_, width))) in cells.iter().zip(COLUMNS).enumerate().rev() {
        if is_narrow && place == 1 {
            continue;
        }
        line.allocate_ui_with_layout(vec2(width, LINE), layout, |ui| {
            ui.set_min_width(width);
            ui.add(Label::new(font.text(text).color(*colour)).selectable(false));
        });
    }
    let rest = vec2(line.available_width(), LINE);
    line.allocate_ui_with_layout(rest, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(rest.x);
        let (text, font, colour) = name;
        ui.add(Label::new(font.text(text).color(colour)).truncate());
    });
}
