//! How what came out is drawn.

use egui::{Sides, Ui};
use zeroize::Zeroizing;

use super::{
    outcome::{MOST_SHOWN, Outcome, Outcomes, Output},
    save::SaveOutput,
    view::Panel,
};
use crate::{
    domain::{KeyOperation, SecretValue, refusal::grouped},
    ui::{
        action::Action,
        icons::Icon,
        theme::{Font, Tokens, Tone, size, space},
        widgets::{
            Banner, Button, CopyButton, IconButton, KeyValue, Segmented, TextField, copy_note, field_label,
            forget_typed, rich_label,
        },
    },
};

/// What was pressed under the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pressed {
    Nothing,
    /// Take it for the other direction.
    TheOtherWay,
}

/// Draws what came out.
pub(super) fn show(ui: &mut Ui, panel: &Panel<'_>, outcome: &mut Outcome, actions: &mut Vec<Action>) -> Pressed {
    let (is_secret, title) = (outcome.is_secret(), outcome.title());
    let (operation, version) = (outcome.operation, outcome.version);
    let by = format!("Version {}", version.short());
    let foot = |ui: &mut Ui, says: String| {
        rich_label(ui, Font::Secondary.text(says).color(Tokens::of(ui).faint)).on_hover_text(version.to_string());
    };
    let output = match &mut outcome.result {
        Outcomes::Verified(true) => {
            Banner::new(Tone::Ok).icon(Icon::CIRCLE_CHECK).title("The signature is valid").ui(ui);
            foot(ui, by);
            return Pressed::Nothing;
        }
        Outcomes::Verified(false) => {
            let says = "It is not this key's signature of this input, or one of the two was changed.";
            Banner::new(Tone::Danger).icon(Icon::CIRCLE_ALERT).title("The signature is not valid").text(says).ui(ui);
            foot(ui, by);
            return Pressed::Nothing;
        }
        Outcomes::Bytes(output) => output,
    };
    Sides::new().height(size::BUTTON_SMALL).show(
        ui,
        |ui| field_label(ui, title),
        |ui| {
            if is_secret {
                copy_secret(ui, panel, output, actions);
            } else if ui.add(Button::ghost("Copy").icon(Icon::COPY).small()).clicked()
                && let Some(text) = output.text()
            {
                actions.push(Action::CopyText(text.as_str().to_owned()));
            }
        },
    );
    ui.add_space(space::XS - ui.spacing().item_spacing.y);
    let id = ui.make_persistent_id("output");
    let is_text = output.form() == super::Form::Text;
    let mut shown = output.shown.as_str();
    let field = TextField::new(&mut shown).name(title).id(id).mono().rows(4);
    let field = if is_secret { field.secret() } else { field };
    ui.add(if is_text { field } else { field.break_anywhere() });
    forget_typed(ui.ctx(), id);
    if is_secret {
        copy_note(ui, panel.scene.reach);
    }
    if output.value.len() > MOST_SHOWN {
        let says = format!("The beginning of {} bytes. Copy and Save take all.", grouped(output.value.len()));
        rich_label(ui, Font::Secondary.text(says).color(Tokens::of(ui).dim));
    }
    for (name, bytes) in [("IV", &output.iv), ("Tag", &output.tag)] {
        if let Some(bytes) = bytes {
            companion(ui, name, &output_form(output).write(bytes).unwrap_or_default(), actions);
        }
    }
    let mut form = output.form();
    if Segmented::new("Output as", &mut form, output.forms()).show(ui).changed() {
        output.turn(form);
    }
    foot(ui, format!("{by} · {} · {} bytes", output.form().word(), grouped(output.value.len())));
    buttons(ui, panel, (operation, version), output, actions)
}

fn output_form(output: &Output) -> super::Form {
    match output.form() {
        super::Form::Hex => super::Form::Hex,
        super::Form::Text | super::Form::Base64Url => super::Form::Base64Url,
    }
}

/// A plaintext stays in the clipboard for a while only, as every secret.
fn copy_secret(ui: &mut Ui, panel: &Panel<'_>, output: &Output, actions: &mut Vec<Action>) {
    let (vault, name) = (panel.vault.name(), panel.key.name());
    let copied = panel.scene.copied.filter(|copied| copied.vault == vault && copied.name == name);
    let ring = copied.map(|copied| copied.ring());
    // Its size is known without writing it; the sentence is the one for values.
    let part = output.text().map(SecretValue::parse);
    let why_not = match &part {
        Some(Err(refusal)) => Some(refusal.sentence(panel.scene.zone)),
        Some(Ok(_)) | None => None,
    };
    if ui.add(CopyButton::new(ring).disabled_because(why_not)).clicked()
        && let Some(Ok(part)) = part
    {
        actions.push(Action::CopyPart(vault.clone(), name.clone(), part));
    }
}

/// What belongs to a ciphertext: without it, nothing is decrypted.
fn companion(ui: &mut Ui, name: &str, text: &str, actions: &mut Vec<Action>) {
    KeyValue::new(name).column(40.0).show(ui, |ui| {
        let shown = Font::Mono.text(text).color(Tokens::of(ui).text);
        let room = ui.available_width() - size::BUTTON_SMALL - space::S;
        ui.scope(|ui| {
            ui.set_max_width(room);
            ui.add(egui::Label::new(shown).truncate().selectable(true));
        });
        if ui.add(IconButton::new(Icon::COPY, format!("Copy {name}")).small()).clicked() {
            actions.push(Action::CopyText(text.to_owned()));
        }
    });
}

fn buttons(
    ui: &mut Ui,
    panel: &Panel<'_>,
    (operation, version): (KeyOperation, crate::domain::VersionId),
    output: &Output,
    actions: &mut Vec<Action>,
) -> Pressed {
    let other_way = operation.reverse();
    let why_not = panel.key.version(Some(version)).map_or_else(
        || Some("The version that did it is gone".to_owned()),
        |version| panel.why_not(version, other_way),
    );
    let text = match other_way {
        KeyOperation::Encrypt => "Encrypt this",
        KeyOperation::Decrypt => "Decrypt this",
        KeyOperation::WrapKey => "Wrap this",
        KeyOperation::UnwrapKey => "Unwrap this",
        KeyOperation::Sign | KeyOperation::Verify => "Verify this",
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let button = Button::secondary(text).icon(Icon::CORNER_UP_LEFT).disabled_because(why_not);
        let pressed = if ui.add(button).clicked() { Pressed::TheOtherWay } else { Pressed::Nothing };
        if ui.add(Button::ghost("Save…").icon(Icon::SAVE)).clicked() {
            let name = panel.key.name();
            let (file, note) = match operation {
                KeyOperation::Decrypt => (format!("{name}.txt"), Some((Tone::Warn, PLAIN))),
                KeyOperation::UnwrapKey => (format!("{name}-unwrapped.bin"), Some((Tone::Warn, PLAIN))),
                KeyOperation::WrapKey => (format!("{name}-wrapped.bin"), None),
                KeyOperation::Sign | KeyOperation::Verify => (format!("{name}.sig"), None),
                KeyOperation::Encrypt => {
                    (format!("{name}.enc"), output.iv.as_ref().map(|_| (Tone::Accent, COMPANIONS)))
                }
            };
            let content: Zeroizing<Vec<u8>> = output.value.clone();
            actions.push(Action::Open(Box::new(SaveOutput::new(content, file, note))));
        }
        pressed
    })
    .inner
}

const PLAIN: &str = "The file is not sealed: whoever can read it has what is in it.";
const COMPANIONS: &str =
    "The file has the ciphertext alone. Keep what is shown beside it too: nothing is decrypted without.";
