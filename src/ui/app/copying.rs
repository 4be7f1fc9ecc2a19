//! What is copied: said when the desktop took it, and cleared after a while where it is a secret (G4).

use egui::{Context, ViewportCommand};
use zeroize::Zeroizing;

use super::{App, CopiedValue, Phase};
use crate::{
    domain::{ObjectName, SecretValue, VaultName},
    ui::{
        action::Toast,
        clipboard::{ClipboardEvent, Copies, Copying},
        widgets::take_copied,
        words,
    },
};

impl App {
    /// Puts a value, or a part of one, into the clipboard for a while.
    pub(super) fn copy_value(&self, of: Option<(VaultName, ObjectName)>, value: &SecretValue) {
        let text = Zeroizing::new(value.expose().to_owned());
        self.copy(Copying { text, what: Copies::Secret(of) });
    }

    /// Puts something into the clipboard.
    pub(super) fn copy(&self, copying: Copying) {
        if let Some(clipboard) = &self.clipboard {
            clipboard.copy(copying);
        }
    }

    /// What was copied or cut in a field for secrets is treated as their own button treats it.
    pub(super) fn copy_what_fields_gave(&self, ctx: &Context) {
        for text in take_copied(ctx) {
            self.copy(Copying { text, what: Copies::Secret(None) });
        }
    }

    pub(super) fn hear_clipboard(&mut self, ctx: &Context, event: ClipboardEvent) {
        match event {
            ClipboardEvent::Found(reach) => self.reach = reach,
            // It was locked meanwhile: a value of the store goes nowhere any more, and the order to clear is on its way.
            ClipboardEvent::ToCarry(Copying { what: Copies::Secret(Some(_)), .. })
            | ClipboardEvent::Copied(Copies::Secret(Some(_)))
                if matches!(self.phase, Phase::Closed(_)) => {}
            ClipboardEvent::ToCarry(copying) => {
                let time = ctx.input(|input| input.time);
                self.carried.copy(ctx, copying, time);
            }
            ClipboardEvent::Copied(Copies::Harmless) => {
                self.copied = None;
                self.say(ctx, Toast::good("Copied"));
            }
            ClipboardEvent::Copied(Copies::Secret(of)) => {
                let lasts = self.settings.clipboard_secs;
                let until = ctx.input(|input| input.time) + f64::from(lasts);
                if of.is_none() {
                    let after = words::counted(lasts as usize, "second");
                    self.say(ctx, Toast::good(format!("Copied. It is cleared from the clipboard after {after}")));
                }
                self.copied = Some(CopiedValue { of, until, lasts: lasts as f32 });
            }
            ClipboardEvent::Refused(why) => {
                self.say(ctx, Toast::bad(format!("Not copied. The desktop's clipboard refused: {why}")));
            }
            ClipboardEvent::Cleared => self.is_cleared(ctx),
            ClipboardEvent::NotCleared(why) => {
                let text = format!("The desktop did not let Tresor clear the clipboard. Clear it yourself ({why})");
                self.say(ctx, Toast::bad(text));
                self.is_cleared(ctx);
            }
        }
    }

    fn is_cleared(&mut self, ctx: &Context) {
        self.copied = self.copied.take().filter(|copied| copied.until > ctx.input(|input| input.time));
        if std::mem::take(&mut self.is_closing) {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    /// Goes on with what the window itself carries. A window that still holds a secret there clears it before it closes.
    pub(super) fn carry(&mut self, ctx: &Context) {
        let (time, is_asked_to_close) = ctx.input(|input| (input.time, input.viewport().close_requested()));
        if is_asked_to_close && !self.is_closing && self.carried.can_clear(ctx) {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.is_closing = true;
            self.carried.clear(ctx);
        }
        if let Some(event) = self.carried.step(ctx, time) {
            self.hear_clipboard(ctx, event);
        }
    }

    /// The time of what was copied is over. What only the window can clear stays known until it could.
    pub(super) fn clear_clipboard(&mut self, ctx: &Context) {
        if self.carried.holds_secret() {
            self.carried.clear(ctx);
        } else {
            self.forget_copied(ctx);
        }
    }

    /// Clears what was copied, and forgets what it was.
    pub(super) fn forget_copied(&mut self, ctx: &Context) {
        self.copied = None;
        self.carried.clear(ctx);
        // Also what is on its way there.
        if let Some(clipboard) = &self.clipboard {
            clipboard.clear();
        }
    }
}
