//! From a file to the text that is kept, and back, as az does it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{args::Encoding, errors::Failure};

/// The tag that says how a secret was made of a file.
pub(super) const TAG: &str = "file-encoding";

/// az breaks base64 into lines of this many characters.
const BASE64_LINE: usize = 76;

impl Encoding {
    /// As it stands in the tag.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Ascii => "ascii",
            Self::Base64 => "base64",
            Self::Hex => "hex",
            Self::Utf16Be => "utf-16be",
            Self::Utf16Le => "utf-16le",
            Self::Utf8 => "utf-8",
        }
    }

    /// The encoding of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Ascii, Self::Base64, Self::Hex, Self::Utf16Be, Self::Utf16Le, Self::Utf8]
            .into_iter()
            .find(|encoding| encoding.text() == name)
    }

    /// The text that a file is kept as.
    pub(super) fn text_of(self, bytes: &[u8]) -> Result<Zeroizing<String>, Failure> {
        let wrong = || {
            Failure::Plain(format!("The file is not text in {}; --encoding says how it is to be read.", self.text()))
        };
        match self {
            Self::Ascii if !bytes.is_ascii() => Err(wrong()),
            Self::Ascii | Self::Utf8 => {
                let text = std::str::from_utf8(bytes).ok().ok_or_else(wrong)?;
                Ok(Zeroizing::new(text.to_owned()))
            }
            Self::Utf16Be => utf_16(bytes, u16::from_be_bytes).ok_or_else(wrong),
            Self::Utf16Le => utf_16(bytes, u16::from_le_bytes).ok_or_else(wrong),
            Self::Base64 => Ok(base64_lines(bytes)),
            Self::Hex => Ok(hex(bytes)),
        }
    }

    /// The file that a kept text stands for.
    pub(super) fn bytes_of(self, text: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let wrong =
            || Failure::Plain(format!("The secret is not {}; --encoding says how it is to be written.", self.text()));
        Ok(match self {
            Self::Ascii if !text.is_ascii() => return Err(wrong()),
            Self::Ascii | Self::Utf8 => Zeroizing::new(text.as_bytes().to_vec()),
            Self::Utf16Be => Zeroizing::new(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            Self::Utf16Le => Zeroizing::new(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            Self::Base64 => {
                let packed: Zeroizing<String> = Zeroizing::new(text.split_ascii_whitespace().collect());
                Zeroizing::new(STANDARD.decode(packed.as_bytes()).ok().ok_or_else(wrong)?)
            }
            Self::Hex => {
                let digits = text.trim_end();
                let is_hex = digits.len().is_multiple_of(2) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                if !is_hex {
                    return Err(wrong());
                }
                let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("just checked to be hex digits");
                Zeroizing::new((0..digits.len()).step_by(2).map(byte).collect())
            }
        })
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Zeroizing<String>> {
    let (units, []) = bytes.as_chunks::<2>() else { return None };
    // Room for the longest text these can make: one that grows leaves copies behind.
    let mut text = Zeroizing::new(String::with_capacity(units.len() * 3));
    for c in char::decode_utf16(units.iter().map(|two| unit(*two))) {
        text.push(c.ok()?);
    }
    Some(text)
}

fn base64_lines(bytes: &[u8]) -> Zeroizing<String> {
    let packed = Zeroizing::new(STANDARD.encode(bytes));
    let mut text = Zeroizing::new(String::with_capacity(packed.len() + packed.len() / BASE64_LINE + 1));
    for line in packed.as_bytes().chunks(BASE64_LINE) {
        text.push_str(std::str::from_utf8(line).expect("base64 is ASCII"));
        text.push('\n');
    }
    text
}

pub(super) fn hex(bytes: &[u8]) -> Zeroizing<String> {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 0x0f)]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Encoding; 6] =
        [Encoding::Ascii, Encoding::Base64, Encoding::Hex, Encoding::Utf16Be, Encoding::Utf16Le, Encoding::Utf8];

    #[test]
    fn a_file_comes_back_byte_by_byte() {
        let any: Vec<u8> = (0..=255).collect();
        let files: [&[u8]; 4] = [b"", b"text\r\n", "größe".as_bytes(), &any];
        for file in files {
            for encoding in ALL {
                let Ok(text) = encoding.text_of(file) else { continue };
                let back = encoding.bytes_of(&text).unwrap_or_else(|_| panic!("{encoding:?} goes back"));
                assert_eq!(*back, file, "{encoding:?}");
                assert_eq!(Encoding::named(encoding.text()), Some(encoding));
            }
        }
        assert_eq!(*Encoding::Hex.text_of(&[0, 255]).unwrap_or_default(), "00ff");
        let lines = Encoding::Base64.text_of(&any).unwrap_or_default();
        assert_eq!(lines.lines().next().map(str::len), Some(BASE64_LINE));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(Encoding::Ascii.text_of("ö".as_bytes()).is_err());
        assert!(Encoding::Utf8.text_of(&[0xff]).is_err());
        assert!(Encoding::Utf16Le.text_of(&[1]).is_err(), "half a character");
        assert!(Encoding::Utf16Le.text_of(&[0, 0xd8]).is_err(), "half a pair");
        for text in ["abc", "+1", "zz", "ö"] {
            assert!(Encoding::Hex.bytes_of(text).is_err(), "{text}");
        }
        assert!(Encoding::Base64.bytes_of("a").is_err());
    }
}
