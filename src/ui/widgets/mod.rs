//! The parts that pages are built from. Each has a role and a name, says why it is disabled, and never moves others.

mod badge;
mod button;
mod calendar;
mod card;
mod choice;
mod copy;
mod date;
mod dialog;
mod field;
mod mark;
pub mod markers;
mod menu;
mod nav;
mod person;
mod progress;
mod region;
mod search;
mod select;
mod slider;
mod table;
mod tags;
mod toast;

pub use badge::{Avatar, Badge, Chip, dot, key_hint, ring};
pub use button::{Button, IconButton, link, quiet_link};
pub use card::{
    Banner, Card, EmptyState, KeyValue, StatCard, gap, hairline, key_value, key_value_mono, rich_label,
    vertical_hairline,
};
pub use choice::{Checkbox, Segmented, Toggle};
pub use copy::{CopyButton, CopyRing, copy_note};
pub use date::{DateField, parse_date};
pub use dialog::{Dialog, DialogResponse};
pub use field::{TextField, field_label, forget_typed, keep_copied, take_copied};
pub use mark::{Mark, mark};
pub use markers::{Bar, Sparkline, Timeline, TimelineMark};
pub use menu::{menu_item, menu_separator, menu_title, popup_frame};
pub use nav::{NavItem, Tab, palette_button, section_label, tabs};
pub use person::{PersonButton, person_item};
pub use progress::{ProgressBar, Retention, retention_tone, spinner};
pub use region::{LinkState, RegionLink, region_link};
pub use search::SearchField;
pub use select::{SelectField, select_box};
pub use slider::Slider;
pub use table::{Direction, Table, TableColumn, TableOutput, TableRow};
pub use tags::TagsEditor;
pub use toast::{Toast, Toasts};

use super::theme::{Font, Tokens, size};
use egui::{Response, Ui};

/// The answer of a field whose text may be no value yet.
#[derive(Debug)]
#[must_use = "a form must not be sent while a field is not valid"]
pub struct Input {
    /// What happened to the field.
    pub response: Response,
    /// Why what is typed is no value, as shown under the field. The value itself is then left as it was.
    pub error: Option<String>,
}

impl Input {
    /// Whether what is typed is a value.
    pub const fn is_valid(&self) -> bool {
        self.error.is_none()
    }
}

impl std::ops::Deref for Input {
    type Target = Response;

    fn deref(&self) -> &Response {
        &self.response
    }
}

/// Says on hover, and to a screen reader, why the disabled `response` cannot be used. Where a grant is missing, the way to it is there.
pub fn explain(response: Response, title: &str, reason: &str) -> Response {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_description(reason));
    response.on_disabled_hover_ui(|ui| explanation(ui, title, reason))
}

/// The inside of a tooltip: a title, and the text under it.
pub fn explanation(ui: &mut Ui, title: &str, text: &str) {
    let t = Tokens::of(ui);
    ui.spacing_mut().item_spacing.y = 2.0;
    egui::Frame::new().inner_margin(egui::Margin::symmetric(6, 4)).show(ui, |ui| {
        ui.set_max_width(size::TOOLTIP);
        if !title.is_empty() {
            ui.add(egui::Label::new(Font::Strong.text(title).color(t.text)).wrap());
        }
        ui.add(egui::Label::new(Font::Body.text(text).color(t.dim)).wrap());
        super::why::link(ui, text);
    });
}

/// A tooltip of one line: what an icon stands for, and the keys that do the same.
fn hint(response: Response, name: &str, shortcut: Option<&str>) -> Response {
    response.on_hover_ui(|ui| {
        let t = Tokens::of(ui);
        ui.horizontal(|ui| {
            ui.add_space(4.0);
            ui.label(Font::Secondary.text(name).color(t.text));
            if let Some(keys) = shortcut {
                key_hint(ui, keys);
            }
            ui.add_space(4.0);
        });
    })
}

#[cfg(test)]
mod tests;
