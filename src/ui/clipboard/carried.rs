//! What the window itself carries in its clipboard, where no other way leads there: on Wayland, without a protocol for more and without
//! X11, only a window that has the keyboard may set, read or clear the clipboard.
//!
//! egui sets it at the end of a frame, and what is asked of it comes back as if it had been pasted, some frames later.

use egui::{Context, Event, OutputCommand, RawInput, UserAttentionType, ViewportCommand};
use std::time::Duration;

use super::{ClipboardEvent, Copies, Copying, NOT_GIVEN_BACK, mark};
use crate::service::Fingerprint;

/// The window's own clipboard, as far as we put something there.
#[derive(Default)]
pub(in crate::ui) struct Carried {
    /// The secret that was put there last.
    ours: Option<Fingerprint>,
    errand: Option<Errand>,
    /// So many frames ago its text was asked for; `None`: it was answered.
    asked: Option<u32>,
    answer: Option<Answer>,
    is_to_clear: bool,
}

/// What is being done. Each goes on until it is seen to be done, or for a while.
enum Errand {
    /// It was put there and has to come back.
    Copy { what: Copies, mark: Fingerprint, until: f64 },
    /// Whether ours is still there.
    Look { until: f64 },
    /// It was emptied, and must not come back.
    Empty { mark: Fingerprint, until: f64 },
}

/// What is in the clipboard.
enum Answer {
    Text(Fingerprint),
    /// Nothing, or no text, or it could not be read.
    Nothing,
}

/// In how many frames egui answers, at the latest.
const FRAMES: u32 = 4;
/// For so many seconds an errand is tried.
const PATIENCE: f64 = 3.0;
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(30);

impl Carried {
    /// Puts a text there.
    pub(in crate::ui) fn copy(&mut self, ctx: &Context, copying: Copying, time: f64) {
        let mark = mark(&copying.text);
        ctx.copy_text(copying.text.as_str().to_owned());
        self.ours = matches!(copying.what, Copies::Secret(_)).then_some(mark);
        self.is_to_clear = false;
        self.errand = Some(Errand::Copy { what: copying.what, mark, until: time + PATIENCE });
        self.forget_answer();
        ctx.request_repaint();
    }

    /// Clears it if it still holds our secret: at once, or as soon as the window has the keyboard again.
    pub(in crate::ui) fn clear(&mut self, ctx: &Context) {
        if self.ours.is_some() && !self.is_to_clear {
            self.is_to_clear = true;
            if !has_keyboard(ctx) {
                ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
            }
            ctx.request_repaint();
        }
    }

    /// Whether it holds a secret of ours, as far as is known.
    pub(in crate::ui) const fn holds_secret(&self) -> bool {
        self.ours.is_some()
    }

    /// Whether there is a secret of ours that can be cleared now.
    pub(in crate::ui) fn can_clear(&self, ctx: &Context) -> bool {
        self.ours.is_some() && has_keyboard(ctx)
    }

    /// Takes what was asked for out of what goes to the fields.
    pub(in crate::ui) fn hear(&mut self, input: &mut RawInput) {
        let Some(frames) = &mut self.asked else { return };
        *frames += 1;
        let is_answer = |event: &Event| matches!(event, Event::Paste(_) | Event::PasteImage(_));
        if let Some(place) = input.events.iter().position(is_answer) {
            self.answer = Some(match input.events.remove(place) {
                Event::Paste(text) => Answer::Text(mark(&zeroize::Zeroizing::new(text))),
                _ => Answer::Nothing,
            });
            self.asked = None;
        } else if *frames > FRAMES {
            self.answer = Some(Answer::Nothing);
            self.asked = None;
        }
    }

    /// Goes on with what is to be done, once a frame. What came of it.
    pub(in crate::ui) fn step(&mut self, ctx: &Context, time: f64) -> Option<ClipboardEvent> {
        if self.is_to_clear
            && has_keyboard(ctx)
            && !matches!(self.errand, Some(Errand::Look { .. } | Errand::Empty { .. }))
        {
            self.errand = Some(Errand::Look { until: time + PATIENCE });
            self.forget_answer();
        }
        let errand = self.errand.take()?;
        if self.asked.is_some() {
            self.errand = Some(errand);
            ctx.request_repaint();
            return None;
        }
        if !has_keyboard(ctx) && !matches!(errand, Errand::Copy { .. }) {
            // Neither reading nor clearing is allowed now: later, from the beginning.
            self.forget_answer();
            return None;
        }
        let (still, event) = match (errand, self.answer.take()) {
            (Errand::Copy { what, mark, .. }, Some(Answer::Text(found))) if found == mark => {
                (None, Some(ClipboardEvent::Copied(what)))
            }
            (Errand::Copy { until, .. }, Some(_)) if until <= time => {
                (None, Some(ClipboardEvent::Refused(NOT_GIVEN_BACK.into())))
            }
            (Errand::Look { until }, Some(Answer::Text(found))) => match self.ours {
                Some(ours) if ours == found => {
                    ctx.send_cmd(OutputCommand::CopyText(String::new()));
                    (Some(Errand::Empty { mark: ours, until }), None)
                }
                _ => (None, Some(ClipboardEvent::Cleared)),
            },
            // Right after the keyboard came back the clipboard may not be readable yet.
            (Errand::Look { until }, Some(Answer::Nothing)) if until <= time => (None, Some(ClipboardEvent::Cleared)),
            (Errand::Empty { mark, until }, Some(Answer::Text(found))) if found == mark => {
                if until <= time {
                    let why = "what was copied still comes back from it";
                    (None, Some(ClipboardEvent::NotCleared(why.into())))
                } else {
                    ctx.send_cmd(OutputCommand::CopyText(String::new()));
                    (Some(Errand::Empty { mark, until }), None)
                }
            }
            (Errand::Empty { .. }, Some(_)) => (None, Some(ClipboardEvent::Cleared)),
            (errand, _) => (Some(errand), None),
        };
        if matches!(event, Some(ClipboardEvent::Cleared | ClipboardEvent::NotCleared(_))) {
            self.ours = None;
            self.is_to_clear = false;
        }
        self.errand = still;
        if self.errand.is_some() {
            ctx.send_viewport_cmd(ViewportCommand::RequestPaste);
            self.asked = Some(0);
            ctx.request_repaint_after(PAUSE);
        }
        event
    }

    fn forget_answer(&mut self) {
        self.answer = None;
        self.asked = None;
    }
}

/// Whether the window has the keyboard; a window that does not say has it.
fn has_keyboard(ctx: &Context) -> bool {
    ctx.input(|input| input.focused || input.viewport().focused.is_none())
}
