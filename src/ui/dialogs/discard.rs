//! Asks before what was put into a form is lost.

use egui::Context;

use super::{Dialog, Waiting};
use crate::ui::{
    action::Action,
    icons::Icon,
    scene::Scene,
    theme::{Font, Tokens, Tone},
    widgets::{self, Button, rich_label},
};

/// Asks whether the dialogs below it, or what else is about to go, may go.
pub(in crate::ui) struct Discard {
    /// What happens once they are gone.
    then: Option<Action>,
    question: Question,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui) enum Question {
    /// What was typed into a form.
    Form,
    /// Everything that was done in the demo.
    Demo,
}

impl Question {
    const fn title(self) -> &'static str {
        match self {
            Self::Form => "Discard what you filled in?",
            Self::Demo => "Leave the demo?",
        }
    }

    const fn says(self) -> &'static str {
        match self {
            Self::Form => "It is nowhere else yet.",
            Self::Demo => "It lives in memory: everything that was done in it is gone then.",
        }
    }

    const fn yes(self) -> &'static str {
        match self {
            Self::Form => "Discard",
            Self::Demo => "Leave the demo",
        }
    }

    const fn no(self) -> &'static str {
        match self {
            Self::Form => "Go on editing",
            Self::Demo => "Stay",
        }
    }
}

impl Discard {
    /// Asks; then the form is gone, and `then` is done.
    pub(in crate::ui) const fn new(question: Question, then: Option<Action>) -> Self {
        Self { then, question }
    }
}

impl Dialog for Discard {
    fn is_question(&self) -> bool {
        true
    }

    fn show(&mut self, ctx: &Context, _: &Scene<'_>, _: &Waiting, actions: &mut Vec<Action>) {
        let question = self.question;
        let answer = widgets::Dialog::new("discard", question.title()).icon(Icon::TRIANGLE_ALERT, Tone::Warn).show(
            ctx,
            |ui| rich_label(ui, Font::Body.text(question.says()).color(Tokens::of(ui).text)),
            |ui| {
                let yes = ui.add(Button::danger(question.yes())).clicked();
                let no = ui.add(Button::secondary(question.no()));
                if ui.memory(|memory| memory.focused().is_none()) {
                    no.request_focus();
                }
                (yes, no.clicked())
            },
        );
        let (yes, no) = answer.footer;
        if yes {
            actions.push(Action::Discard);
            actions.extend(self.then.take());
        } else if no || answer.should_close {
            actions.push(Action::CloseDialog);
        }
    }
}
