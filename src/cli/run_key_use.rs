//! `tresor keyvault key encrypt`, `decrypt`, `sign` and `verify`.

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::Zeroizing;

use super::{
    Work,
    args::{Common, DataType, Decrypt, Encoding, Encrypt, KeyTarget, Sign, Verify},
    errors::Failure,
    inputs,
    run_key::versioned,
    session::Session,
    shape::key::{self as shape, Decrypted, Signed, Verified},
    work,
};
use crate::{
    domain::{Refusal, id},
    service::{KeyAnswer, KeyRequest, key::Parameters},
};

/// With padding or without.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(super) fn encrypt(common: &Common, what: Encrypt) -> Result<Work, Failure> {
    let Encrypt { target, algorithm, value, data_type, iv, aad } = what;
    inputs::warn_of_typed(common, "--value", Some(&value), "Name a file with @FILE, or pipe the value in with @-.");
    let plaintext = match data_type {
        DataType::Base64 => bytes_of("--value", value)?,
        DataType::Plaintext => Zeroizing::new(inputs::given(value)?.as_bytes().to_vec()),
    };
    let (iv, aad) = (hex_of("--iv", iv)?, hex_of("--aad", aad)?);
    work(move |session, output| {
        let parameters = Parameters { iv: bytes(iv.as_ref()), aad: bytes(aad.as_ref()), tag: None };
        match ask(session, &target, KeyRequest::Encrypt(algorithm, &plaintext, parameters))? {
            (kid, KeyAnswer::Made(made)) => output.one(&shape::encrypted(algorithm, kid, &made, bytes(aad.as_ref()))),
            _ => Err(Refusal::CryptographyFailed.into()),
        }
    })
}

pub(super) fn decrypt(what: Decrypt) -> Result<Work, Failure> {
    let Decrypt { target, algorithm, value, data_type, iv, aad, tag } = what;
    let ciphertext = bytes_of("--value", value)?;
    let (iv, aad, tag) = (hex_of("--iv", iv)?, hex_of("--aad", aad)?, hex_of("--tag", tag)?);
    work(move |session, output| {
        let parameters = Parameters { iv: bytes(iv.as_ref()), aad: bytes(aad.as_ref()), tag: bytes(tag.as_ref()) };
        let (kid, KeyAnswer::Opened(plaintext)) =
            ask(session, &target, KeyRequest::Decrypt(algorithm, &ciphertext, parameters))?
        else {
            return Err(Refusal::CryptographyFailed.into());
        };
        let encoded;
        let result = match data_type {
            DataType::Base64 => {
                encoded = shape::base64(&plaintext);
                encoded.as_str()
            }
            DataType::Plaintext => str::from_utf8(&plaintext).ok().ok_or_else(|| {
                Failure::Plain("What was encrypted is not text in utf-8; --data-type base64 shows it.".into())
            })?,
        };
        output.one(&Decrypted { algorithm: algorithm.text(), kid, result })
    })
}

pub(super) fn sign(what: Sign) -> Result<Work, Failure> {
    let Sign { target, algorithm, digest } = what;
    let digest = bytes_of("--digest", digest)?;
    work(move |session, output| match ask(session, &target, KeyRequest::Sign(algorithm, &digest))? {
        (key_id, KeyAnswer::Made(made)) => {
            let signature = shape::base64(&made.value).to_string();
            output.one(&Signed { algorithm: algorithm.text(), key_id, signature })
        }
        _ => Err(Refusal::CryptographyFailed.into()),
    })
}

pub(super) fn verify(what: Verify) -> Result<Work, Failure> {
    let Verify { target, algorithm, digest, signature } = what;
    let (digest, signature) = (bytes_of("--digest", digest)?, bytes_of("--signature", signature)?);
    work(move |session, output| match ask(session, &target, KeyRequest::Verify(algorithm, &digest, &signature))? {
        (key_id, KeyAnswer::Verified(is_valid)) => {
            output.one(&Verified { algorithm: algorithm.text(), is_valid, key_id })
        }
        _ => Err(Refusal::CryptographyFailed.into()),
    })
}

/// What the key answers, and the id of the version that did.
fn ask(session: &mut Session, target: &KeyTarget, request: KeyRequest<'_>) -> Result<(String, KeyAnswer), Failure> {
    let (vault, name, version) = versioned(session, target)?;
    let (version, answer) = session.service.use_key(&session.caller, &vault, &name, version, request)?;
    Ok((id::key_id(&vault, &name, Some(version)), answer))
}

/// The bytes that were typed in base64, or in base64url, broken into lines or not.
fn bytes_of(option: &str, typed: String) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let typed = inputs::given(typed)?;
    let mut text = Zeroizing::new(String::with_capacity(typed.len()));
    for sign in typed.chars().filter(|sign| !sign.is_ascii_whitespace()) {
        text.push(match sign {
            '-' => '+',
            '_' => '/',
            other => other,
        });
    }
    // The error is not passed on: it would name a sign of what may be secret.
    let mut bytes = Zeroizing::new(Vec::with_capacity(base64::decoded_len_estimate(text.len())));
    match LENIENT.decode_vec(text.as_bytes(), &mut bytes) {
        Ok(()) => Ok(bytes),
        Err(_) => Err(Failure::Usage(format!("argument {option}: expected base64"))),
    }
}

fn bytes(wiped: Option<&Zeroizing<Vec<u8>>>) -> Option<&[u8]> {
    wiped.map(|bytes| bytes.as_slice())
}

fn hex_of(option: &str, typed: Option<String>) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
    let usage = |_| Failure::Usage(format!("argument {option}: expected hex"));
    let read = |text: String| Encoding::Hex.bytes_of(&text).map_err(usage);
    typed.filter(|text| !text.is_empty()).map(read).transpose()
}
