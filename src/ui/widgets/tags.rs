//! Tags: names with values, added and removed in place.

use super::{Button, IconButton, TextField, field_label};
use crate::{
    domain::{Zone, properties::Tags},
    ui::{
        icons::Icon,
        theme::{Font, Tokens, radius, size},
    },
};
use egui::{
    Align2, Context, CornerRadius, Id, Key, Response, Sense, Sides, Stroke, StrokeKind, Ui, UiBuilder, Vec2, Widget,
    WidgetInfo, pos2, vec2,
};
use std::collections::BTreeMap;

/// The tags of something, each a chip with a cross, and a field for one more.
#[must_use = "add it to a ui"]
pub struct TagsEditor<'a> {
    tags: &'a mut BTreeMap<String, String>,
    limit: usize,
}

impl<'a> TagsEditor<'a> {
    /// An editor over `tags`, of which there may be `limit`.
    pub fn new(tags: &'a mut BTreeMap<String, String>, limit: usize) -> Self {
        Self { tags, limit }
    }

    /// Whether the tag that the last shown editor was given is not added yet: sending the form now would lose it.
    pub fn is_half_written(ctx: &Context) -> bool {
        ctx.data(|data| data.get_temp(half_written_mark())) == Some(true)
    }

    /// Whether Enter was pressed in this frame to add a tag, and not to send the form.
    pub fn took_enter(ctx: &Context) -> bool {
        ctx.data(|data| data.get_temp::<u64>(enter_mark())) == Some(ctx.cumulative_pass_nr())
    }
}

fn half_written_mark() -> Id {
    Id::unique("tresor: a tag is written and not added")
}

fn enter_mark() -> Id {
    Id::unique("tresor: Enter added a tag in this pass")
}

/// Reads `name = value`; a name alone has an empty value.
fn read_tag(text: &str, tags: &BTreeMap<String, String>) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() {
        return Err("Write a tag as name = value".to_owned());
    }
    let new = (name.to_owned(), value.to_owned());
    let all = tags.iter().map(|(name, value)| (name.clone(), value.clone())).chain([new.clone()]);
    // No sentence about tags has a date in it.
    Tags::parse(all).map_err(|refusal| refusal.sentence(Zone::Utc))?;
    Ok(new)
}

impl Widget for TagsEditor<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = Tokens::of(ui);
        let id = ui.make_persistent_id("tags editor");
        let (mut text, mut error) = ui.data(|data| data.get_temp::<(String, String)>(id)).unwrap_or_default();
        let mut is_changed = false;
        let mut response = ui
            .vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 5.0;
                Sides::new().show(
                    ui,
                    |ui| field_label(ui, "Tags"),
                    |ui| {
                        let count = format!("{} of {}", self.tags.len(), self.limit);
                        ui.label(Font::Secondary.text(count).color(t.dim));
                    },
                );
                if !self.tags.is_empty() {
                    let mut removed = None;
                    ui.horizontal_wrapped(|ui| {
                        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
                        for (name, value) in &*self.tags {
                            if removable_chip(ui, name, value) {
                                removed = Some(name.clone());
                            }
                        }
                    });
                    if let Some(name) = removed {
                        self.tags.remove(&name);
                        error.clear();
                        is_changed = true;
                    }
                }
                let field_id = id.with("text");
                let is_sent =
                    ui.memory(|memory| memory.has_focus(field_id)) && ui.input(|input| input.key_pressed(Key::Enter));
                let is_added = ui
                    .horizontal_top(|ui| {
                        ui.spacing_mut().item_spacing.x = 8.0;
                        let width = (ui.available_width() - 59.0).max(80.0);
                        let field = TextField::new(&mut text)
                            .name("New tag")
                            .hint("name = value")
                            .id(field_id)
                            .width(width)
                            .error((!error.is_empty()).then_some(error.as_str()));
                        if ui.add(field).changed() {
                            error.clear();
                        }
                        let reason = text.trim().is_empty().then(|| "Write name = value first".to_owned());
                        ui.add(Button::secondary("Add").reason_title("No tag to add").disabled_because(reason))
                            .clicked()
                    })
                    .inner;
                if is_sent && !text.trim().is_empty() {
                    let pass = ui.ctx().cumulative_pass_nr();
                    ui.data_mut(|data| data.insert_temp(enter_mark(), pass));
                }
                if is_added || (is_sent && !text.trim().is_empty()) {
                    match read_tag(&text, self.tags) {
                        Ok((name, value)) => {
                            self.tags.insert(name, value);
                            text.clear();
                            error.clear();
                            is_changed = true;
                            ui.memory_mut(|memory| memory.request_focus(field_id));
                        }
                        Err(refusal) => error = refusal,
                    }
                }
            })
            .response;
        let is_half_written = !text.trim().is_empty();
        ui.data_mut(|data| {
            data.insert_temp(half_written_mark(), is_half_written);
            data.insert_temp(id, (text, error));
        });
        if is_changed {
            response.mark_changed();
        }
        response
    }
}

/// A chip with a cross; whether the cross was pressed.
fn removable_chip(ui: &mut Ui, name: &str, value: &str) -> bool {
    let t = Tokens::of(ui);
    let text = if value.is_empty() { name.to_owned() } else { format!("{name} = {value}") };
    let galley = Font::Secondary.layout(ui, &text, t.text, (ui.available_width() - 40.0).clamp(60.0, 260.0));
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 34.0, 24.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &text));
    let border = Stroke::new(size::LINE, t.line_strong);
    ui.painter().rect(rect, CornerRadius::same(radius::PILL + 1), t.raised, border, StrokeKind::Inside);
    let at = pos2(rect.left() + 10.0, rect.center().y);
    ui.painter().galley(Align2::LEFT_CENTER.anchor_size(at, galley.size()).min, galley, t.text);
    let cross = egui::Rect::from_center_size(pos2(rect.right() - 13.0, rect.center().y), Vec2::splat(20.0));
    let mut corner = ui.new_child(UiBuilder::new().max_rect(cross).id_salt(("tag", name)));
    corner.place(cross, IconButton::new(Icon::X, format!("Remove tag {name}")).tiny()).clicked()
}

#[cfg(test)]
mod tests {
    use super::*;

    // T5
    #[test]
    fn a_tag_is_read_or_refused_with_the_reason() {
        let mut tags = BTreeMap::from([("env".to_owned(), "prod".to_owned())]);
        assert_eq!(read_tag(" owner = payments=eu ", &tags), Ok(("owner".into(), "payments=eu".into())));
        assert_eq!(read_tag("urgent", &tags), Ok(("urgent".into(), String::new())));
        assert!(read_tag("= x", &tags).unwrap_err().contains("name = value"));
        assert!(read_tag("env = test", &tags).unwrap_err().contains("there twice"));
        assert!(read_tag(&"x".repeat(513), &tags).unwrap_err().contains("512"));
        tags.extend((1..15).map(|number| (format!("tag-{number}"), String::new())));
        assert!(read_tag("one-more", &tags).unwrap_err().contains("15 tags"));
    }
}
