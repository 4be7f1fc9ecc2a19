//! Short messages at the bottom right: what was done, and the way back.

use super::link;
use crate::ui::{
    icons::Icon,
    theme::{Font, Tokens, Tone, popup_shadow, radius, size, space},
};
use egui::{
    Align, Align2, Area, Context, CornerRadius, Frame, Id, Label, Layout, Margin, Order, Role, Stroke, Ui, UiBuilder,
    accesskit::Live, vec2,
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
const MOST: usize = 4;

impl<A: Clone> Toasts<A> {
    /// No message.
    pub fn new() -> Self {
        Self::default()
    }

    /// Shows `text` for a while from `now`, in seconds; with an action, twice as long. The oldest of more than four goes.
    pub fn push(&mut self, now: f64, tone: Tone, text: impl Into<String>, action: Option<(String, A)>) {
        let is_long = action.is_some() || matches!(tone, Tone::Danger | Tone::Warn);
        let until = now + if is_long { SECONDS_TO_ACT } else { SECONDS };
        self.shown.push(Toast { id: self.next_id, tone, text: text.into(), action, until });
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

    /// Draws the messages above the region bar. Answers the action that was chosen. While the pointer is on them none goes.
    pub fn show(&mut self, ctx: &Context, now: f64) -> Option<A> {
        let passed = (now - self.last_now).max(0.0);
        self.last_now = now;
        self.shown.retain(|toast| toast.until > now);
        if self.shown.is_empty() {
            return None;
        }
        let mut chosen = None;
        let area = Area::new(Id::unique("toasts"))
            .order(Order::Tooltip)
            .anchor(Align2::RIGHT_BOTTOM, vec2(-space::XL, -(size::REGION_BAR + space::L)))
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
                            if draw(ui, toast) {
                                chosen = Some(toast.id);
                            }
                        },
                    );
                }
            });
        if area.response.contains_pointer() || area.response.container_hovered() {
            for toast in &mut self.shown {
                toast.until += passed;
            }
            ctx.request_repaint_after(Duration::from_millis(250));
        } else if let Some(first) = self.shown.iter().map(|toast| toast.until).reduce(f64::min) {
            let fade = f64::from(ctx.global_style().animation_time);
            ctx.request_repaint_after(Duration::from_secs_f64((first - now - fade).max(0.0)));
        }
        let index = self.shown.iter().position(|toast| Some(toast.id) == chosen)?;
        self.shown.remove(index).action.map(|(_, action)| action)
    }
}

/// Draws one message; whether its action was chosen.
fn draw<A>(ui: &mut Ui, toast: &Toast<A>) -> bool {
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
    ui.with_layout(Layout::top_down(Align::Max), |ui| {
        frame
            .show(ui, |ui| {
                let galley = Font::Body.layout_wrapped(ui, &toast.text, t.text, WIDEST);
                let word_width = toast.action.as_ref().map_or(0.0, |(word, _)| {
                    space::M + Font::Medium.layout(ui, word, t.accent, f32::INFINITY).size().x
                });
                let room = vec2(size::ICON + space::M + galley.size().x + word_width, galley.size().y);
                ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
                    ui.spacing_mut().item_spacing.x = space::M;
                    icon.show(ui, t.tone(toast.tone));
                    ui.add(Label::new(galley));
                    toast.action.as_ref().is_some_and(|(word, _)| link(ui, word).clicked())
                })
                .inner
            })
            .inner
    })
    .inner
}
