//! Short messages at the bottom of the page: what was done, and the way back. They lie on no button, and under menus and dialogs.

use super::link;
use crate::ui::{
    icons::Icon,
    theme::{Font, Tokens, Tone, popup_shadow, radius, size, space},
};
use egui::{
    Align, Align2, Area, Context, CornerRadius, Frame, Id, Label, Layout, Margin, Order, Rect, Role, Sense, Stroke, Ui,
    UiBuilder, accesskit::Live, vec2,
};
use std::time::Duration;

/// A message that goes away by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast<A> {
    /// Which of all messages this is.
    pub id: u64,
    /// Chooses the picture and its colour.
    pub tone: Tone,
    /// What happened, as a sentence.
    pub text: String,
    /// What can be done about it, and the word for it: "Undo".
    pub action: Option<(String, A)>,
    /// When it goes, in seconds of the clock that [`Toasts::show`] is given.
    pub until: f64,
    /// When it came.
    pub since: f64,
    /// For so many seconds the pointer kept it.
    pub kept: f64,
}

/// The messages that are shown.
#[derive(Clone, Debug)]
pub struct Toasts<A> {
    shown: Vec<Toast<A>>,
    next_id: u64,
    last_now: f64,
}

impl<A> Default for Toasts<A> {
    fn default() -> Self {
        Self { shown: Vec::new(), next_id: 0, last_now: 0.0 }
    }
}

/// How long a message stays: longer when there is something to do about it, or something to understand.
const SECONDS: f64 = 5.0;
const SECONDS_TO_ACT: f64 = 10.0;
/// The pointer keeps a message for so long: it may have been left there.
const SECONDS_KEPT: f64 = 20.0;
const MOST: usize = 4;

impl<A: Clone> Toasts<A> {
    /// No message.
    pub fn new() -> Self {
        Self::default()
    }

    /// Shows `text` for a while from `now`, in seconds; with an action, twice as long. The oldest of more than four goes.
    pub fn push(&mut self, now: f64, tone: Tone, text: impl Into<String>, action: Option<(String, A)>) {
        let text = text.into();
        let mut toast = Toast { id: self.next_id, tone, text, action, until: now, since: now, kept: 0.0 };
        toast.until += if toast.is_long() { SECONDS_TO_ACT } else { SECONDS };
        self.shown.push(toast);
        self.next_id += 1;
        if self.shown.len() > MOST {
            self.shown.remove(0);
        }
    }

    /// The messages that are shown, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Toast<A>> {
        self.shown.iter()
    }

    /// Takes all messages away, as when the store is locked.
    pub fn clear(&mut self) {
        self.shown.clear();
    }

    /// Draws the messages at the bottom of `room`, in its middle. Answers the action that was chosen; a click beside the action takes the
    /// message away. While the pointer that came to them is on them none goes, nor does one that asks for something while a dialog lies
    /// above it.
    pub fn show(&mut self, ctx: &Context, now: f64, room: Rect) -> Option<A> {
        let passed = (now - self.last_now).max(0.0);
        self.last_now = now;
        if ctx.memory(|memory| memory.top_modal_layer().is_some()) {
            for toast in self.shown.iter_mut().filter(|toast| toast.is_long()) {
                toast.until += passed;
            }
        }
        self.shown.retain(|toast| toast.until > now);
        if self.shown.is_empty() {
            return None;
        }
        let mut pressed = None;
        let area = Area::new(Id::unique("toasts"))
            .order(Order::Middle)
            .pivot(Align2::CENTER_BOTTOM)
            .fixed_pos(room.center_bottom() - vec2(0.0, space::L))
            .show(ctx, |ui| {
                ui.spacing_mut().item_spacing.y = space::S;
                let fade = f64::from(ui.style().animation_time);
                for toast in &self.shown {
                    let left = toast.until - now;
                    if left < fade {
                        ui.ctx().request_repaint();
                    }
                    ui.scope_builder(
                        UiBuilder::new().id_salt(("toast", toast.id)).accessibility_role(Role::Alert),
                        |ui| {
                            ui.set_opacity(if left < fade { (left / fade) as f32 } else { 1.0 });
                            ui.ctx().accesskit_node_builder(ui.unique_id(), |node| node.set_live(Live::Polite));
                            if let Some(what) = draw(ui, toast, room.width() - 2.0 * space::L) {
                                pressed = Some((toast.id, what));
                            }
                        },
                    );
                }
            });
        let moved = now - ctx.input(|input| f64::from(input.pointer.time_since_last_movement()));
        if area.response.contains_pointer() {
            for toast in self.shown.iter_mut().filter(|toast| moved > toast.since && toast.kept < SECONDS_KEPT) {
                toast.until += passed;
                toast.kept += passed;
            }
            ctx.request_repaint_after(Duration::from_millis(250));
        } else if let Some(first) = self.shown.iter().map(|toast| toast.until).reduce(f64::min) {
            let fade = f64::from(ctx.global_style().animation_time);
            ctx.request_repaint_after(Duration::from_secs_f64((first - now - fade).max(0.0)));
        }
        let (id, pressed) = pressed?;
        let index = self.shown.iter().position(|toast| toast.id == id)?;
        let toast = self.shown.remove(index);
        toast.action.filter(|_| pressed == Pressed::Action).map(|(_, action)| action)
    }
}

impl<A> Toast<A> {
    /// Whether there is something to do about it, or something to understand.
    const fn is_long(&self) -> bool {
        self.action.is_some() || matches!(self.tone, Tone::Danger | Tone::Warn)
    }
}

/// Where a message was pressed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pressed {
    Action,
    Elsewhere,
}

/// Draws one message, at most `widest` wide; where it was pressed.
fn draw<A>(ui: &mut Ui, toast: &Toast<A>, widest: f32) -> Option<Pressed> {
    const WIDEST: f32 = 420.0;
    let t = Tokens::of(ui);
    let icon = match toast.tone {
        Tone::Ok => Icon::CIRCLE_CHECK_FILLED,
        Tone::Warn => Icon::TRIANGLE_ALERT_FILLED,
        Tone::Danger => Icon::CIRCLE_ALERT_FILLED,
        Tone::Neutral | Tone::Accent => Icon::INFO_FILLED,
    };
    let frame = Frame::new()
        .fill(t.raised)
        .stroke(Stroke::new(size::LINE, t.line_strong))
        .corner_radius(CornerRadius::same(radius::CARD))
        .inner_margin(Margin::symmetric(14, 10))
        .shadow(popup_shadow(t));
    let word_width = toast
        .action
        .as_ref()
        .map_or(0.0, |(word, _)| space::M + Font::Medium.layout(ui, word, t.accent, f32::INFINITY).size().x);
    let beside = frame.total_margin().sum().x + size::ICON + space::M + word_width;
    ui.with_layout(Layout::top_down(Align::Center), |ui| {
        let inside = |ui: &mut Ui| {
            let galley = Font::Body.layout_wrapped(ui, &toast.text, t.text, WIDEST.min(widest - beside).max(120.0));
            let room = vec2(size::ICON + space::M + galley.size().x + word_width, galley.size().y);
            let line = |ui: &mut Ui| {
                ui.spacing_mut().item_spacing.x = space::M;
                icon.show(ui, t.tone(toast.tone));
                ui.add(Label::new(galley));
                toast.action.as_ref().is_some_and(|(word, _)| link(ui, word).clicked())
            };
            ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), line).inner
        };
        // The message is below its action, which therefore gets its own clicks.
        let scope = UiBuilder::new().id_salt("message").sense(Sense::click());
        let shown = ui.scope_builder(scope, |ui| frame.show(ui, inside).inner);
        if shown.inner { Some(Pressed::Action) } else { shown.response.clicked().then_some(Pressed::Elsewhere) }
    })
    .inner
}
