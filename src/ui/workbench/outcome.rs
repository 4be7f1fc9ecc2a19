//! What came out of a key.

use zeroize::Zeroizing;

use super::form::Form;
use crate::{
    domain::{KeyOperation, VersionId},
    service::KeyAnswer,
};

/// No more than this many bytes are shown; copying and saving take all.
pub(super) const MOST_SHOWN: usize = 4096;

/// What a version of a key answered, as it is shown.
pub(super) struct Outcome {
    /// What was done.
    pub(super) operation: KeyOperation,
    /// Which version did it.
    pub(super) version: VersionId,
    /// What came of it.
    pub(super) result: Outcomes,
}

/// What can come of using a key.
pub(super) enum Outcomes {
    /// Bytes.
    Bytes(Output),
    /// Whether the signature is the key's.
    Verified(bool),
}

/// Bytes that came out.
pub(super) struct Output {
    /// All of them.
    pub(super) value: Zeroizing<Vec<u8>>,
    /// The initialisation vector that belongs to them.
    pub(super) iv: Option<Vec<u8>>,
    /// The tag that belongs to them.
    pub(super) tag: Option<Vec<u8>>,
    /// How they are written.
    form: Form,
    /// The first of them, written so.
    pub(super) shown: Zeroizing<String>,
}

impl Outcome {
    /// Takes in an answer.
    pub(super) fn new(operation: KeyOperation, version: VersionId, answer: KeyAnswer) -> Self {
        let result = match answer {
            KeyAnswer::Made(made) => {
                Outcomes::Bytes(Output::new(Zeroizing::new(made.value), made.iv, made.tag, Form::Base64Url))
            }
            KeyAnswer::Opened(value) => Outcomes::Bytes(Output::new(value, None, None, Form::Text)),
            KeyAnswer::Verified(is_valid) => Outcomes::Verified(is_valid),
        };
        Self { operation, version, result }
    }

    /// Whether it is for nobody else's eyes: a plaintext, or a key.
    pub(super) const fn is_secret(&self) -> bool {
        matches!(self.operation, KeyOperation::Decrypt | KeyOperation::UnwrapKey)
    }

    /// What the output is.
    pub(super) const fn title(&self) -> &'static str {
        match self.operation {
            KeyOperation::Encrypt => "Ciphertext",
            KeyOperation::Decrypt => "Plaintext",
            KeyOperation::WrapKey => "Wrapped key",
            KeyOperation::UnwrapKey => "Unwrapped key",
            KeyOperation::Sign | KeyOperation::Verify => "Signature",
        }
    }
}

impl Output {
    fn new(value: Zeroizing<Vec<u8>>, iv: Option<Vec<u8>>, tag: Option<Vec<u8>>, form: Form) -> Self {
        let form = if form == Form::Text && str::from_utf8(&value).is_err() { Form::Base64Url } else { form };
        let mut output = Self { value, iv, tag, form, shown: Zeroizing::default() };
        output.turn(form);
        output
    }

    /// How it is written.
    pub(super) const fn form(&self) -> Form {
        self.form
    }

    /// The ways in which it can be written.
    pub(super) fn forms(&self) -> &'static [(Form, &'static str)] {
        const ALL: [(Form, &str); 3] = [(Form::Base64Url, "Base64url"), (Form::Hex, "Hex"), (Form::Text, "Text")];
        if str::from_utf8(&self.value).is_ok() { &ALL } else { &ALL[..2] }
    }

    /// Writes it so from now on.
    pub(super) fn turn(&mut self, form: Form) {
        let first = &self.value[..self.value.len().min(MOST_SHOWN)];
        let first = match (form, str::from_utf8(first)) {
            // A character that is cut in two is left out.
            (Form::Text, Err(cut)) => &first[..cut.valid_up_to()],
            _ => first,
        };
        if let Some(shown) = form.write(first) {
            self.shown = shown;
            self.form = form;
        }
    }

    /// All of it, written as it is shown.
    pub(super) fn text(&self) -> Option<Zeroizing<String>> {
        self.form.write(&self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_shown_up_to_a_whole_character_and_copied_whole() {
        let text = format!("{}ö{}", "x".repeat(MOST_SHOWN - 1), "y".repeat(10));
        let output = Output::new(Zeroizing::new(text.clone().into_bytes()), None, None, Form::Text);
        assert_eq!(output.shown.len(), MOST_SHOWN - 1);
        assert_eq!(output.text().as_deref(), Some(&text));
    }

    #[test]
    fn what_is_no_text_is_not_offered_as_one() {
        let output = Output::new(Zeroizing::new(vec![0xff; 3]), None, None, Form::Text);
        assert_eq!(output.form(), Form::Base64Url);
        assert_eq!(output.forms().len(), 2);
        assert_eq!(*output.shown, "____");
    }
}
