//! How bytes are written as text, and what is wrong with a text that is none. Pure.

use base64::{DecodeError, Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

/// A way to write bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Form {
    /// As themselves: UTF-8.
    #[default]
    Text,
    /// Two digits for each.
    Hex,
    /// As Key Vault has them in JSON, without padding.
    Base64Url,
}

impl Form {
    /// For people: `Base64url`.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Hex => "Hex",
            Self::Base64Url => "Base64url",
        }
    }

    /// Within a line: `base64url`.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Text => "UTF-8",
            Self::Hex => "hex",
            Self::Base64Url => "base64url",
        }
    }

    /// The bytes that `text` writes, or what is wrong with it and where. White space between digits means nothing.
    pub(super) fn read(self, text: &str) -> Result<Zeroizing<Vec<u8>>, String> {
        match self {
            Self::Text => Ok(Zeroizing::new(text.as_bytes().to_vec())),
            Self::Hex => read_hex(text),
            Self::Base64Url => read_base64url(text),
        }
    }

    /// The bytes written so; `None`: they are no UTF-8.
    pub(super) fn write(self, bytes: &[u8]) -> Option<Zeroizing<String>> {
        Some(Zeroizing::new(match self {
            Self::Text => str::from_utf8(bytes).ok()?.to_owned(),
            Self::Hex => {
                const DIGITS: &[u8; 16] = b"0123456789abcdef";
                let mut text = String::with_capacity(2 * bytes.len());
                for byte in bytes {
                    text.push(char::from(DIGITS[usize::from(byte >> 4)]));
                    text.push(char::from(DIGITS[usize::from(byte & 15)]));
                }
                text
            }
            Self::Base64Url => URL_SAFE_NO_PAD.encode(bytes),
        }))
    }
}

/// Every character that means something, and its place as a person counts.
fn meant(text: &str) -> impl Iterator<Item = (usize, char)> {
    text.chars().enumerate().filter(|(_, c)| !c.is_whitespace()).map(|(place, c)| (place + 1, c))
}

fn read_hex(text: &str) -> Result<Zeroizing<Vec<u8>>, String> {
    // Room for all of it at once: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 2 + 1));
    let mut high = None;
    let mut digits = 0_usize;
    for (place, c) in meant(text) {
        let digit = c.to_digit(16).ok_or_else(|| format!("“{c}” at character {place} is no hex digit"))? as u8;
        digits += 1;
        match high.take() {
            None => high = Some(digit << 4),
            Some(high) => bytes.push(high | digit),
        }
    }
    match high {
        None => Ok(bytes),
        Some(_) if digits == 1 => Err("Hex has two digits for each byte; this is one".into()),
        Some(_) => Err(format!("Hex has two digits for each byte; these are {digits}")),
    }
}

fn read_base64url(text: &str) -> Result<Zeroizing<Vec<u8>>, String> {
    let mut digits = Zeroizing::new(String::with_capacity(text.len()));
    let mut padding = None;
    for (place, c) in meant(text) {
        match (c, padding) {
            ('=', _) => padding = padding.or(Some(place)),
            (_, Some(place)) => return Err(format!("“=” at character {place} can stand only at the end")),
            ('A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '_', None) => digits.push(c),
            ('+' | '/', None) => {
                return Err(format!("“{c}” at character {place} is not base64url, which has “-” and “_” instead"));
            }
            (c, None) => return Err(format!("“{c}” at character {place} is not base64url")),
        }
    }
    let decoded = URL_SAFE_NO_PAD.decode(digits.as_bytes());
    decoded.map(Zeroizing::new).map_err(|error| match error {
        DecodeError::InvalidLastSymbol(..) => "The last character is not one that base64url ends with".into(),
        _ => "Base64url is cut short here, or has one character too many".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMS: [Form; 3] = [Form::Text, Form::Hex, Form::Base64Url];

    fn read(form: Form, text: &str) -> Result<Vec<u8>, String> {
        form.read(text).map(|bytes| bytes.to_vec())
    }

    #[test]
    fn what_is_written_is_read_again() {
        for length in 0..70_u8 {
            let bytes: Vec<u8> = (0..length).map(|byte| byte.wrapping_mul(151)).collect();
            for form in FORMS {
                let Some(text) = form.write(&bytes) else { continue };
                assert_eq!(read(form, &text), Ok(bytes.clone()), "{form:?} {}", text.as_str());
            }
        }
        assert_eq!(Form::Text.write(&[0xff]), None);
        assert_eq!(*Form::Hex.write(&[0, 0xaf]).unwrap(), "00af");
        assert_eq!(*Form::Base64Url.write(&[0xfb, 0xff]).unwrap(), "-_8");
    }

    #[test]
    fn white_space_capitals_and_padding_are_tolerated() {
        assert_eq!(read(Form::Hex, " 0A af\n"), Ok(vec![10, 0xaf]));
        for text in ["-_8", "-_8=", " -_\n8== "] {
            assert_eq!(read(Form::Base64Url, text), Ok(vec![0xfb, 0xff]), "{text}");
        }
        assert_eq!(read(Form::Text, " ö "), Ok(" ö ".as_bytes().to_vec()), "a text is taken to the letter");
    }

    #[test]
    fn bad_input_says_what_is_wrong_and_where() {
        // Bad input
        let says = |form, text| read(form, text).unwrap_err();
        assert_eq!(says(Form::Hex, "abc"), "Hex has two digits for each byte; these are 3");
        assert_eq!(says(Form::Hex, "a"), "Hex has two digits for each byte; this is one");
        assert_eq!(says(Form::Hex, "ab gö"), "“g” at character 4 is no hex digit");
        assert_eq!(says(Form::Hex, "0x12"), "“x” at character 2 is no hex digit");
        assert_eq!(says(Form::Base64Url, "ab!d"), "“!” at character 3 is not base64url");
        assert_eq!(says(Form::Base64Url, "a+b"), "“+” at character 2 is not base64url, which has “-” and “_” instead");
        assert_eq!(says(Form::Base64Url, "ab=d"), "“=” at character 3 can stand only at the end");
        assert_eq!(says(Form::Base64Url, "abcde"), "Base64url is cut short here, or has one character too many");
        assert_eq!(says(Form::Base64Url, "-_9"), "The last character is not one that base64url ends with");
    }
}
