//! `tresor keyvault key encrypt`, `decrypt`, `sign` and `verify`.

use clap::{
    Args, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};

use super::KeyTarget;
use crate::domain::{Algorithm, KeyOperation};

#[derive(Args)]
pub(in crate::cli) struct Encrypt {
    #[command(flatten)]
    pub(in crate::cli) target: KeyTarget,
    /// By which algorithm
    #[arg(long, short, value_name = "ALG", value_parser = algorithms(KeyOperation::Encrypt), ignore_case = true)]
    pub(in crate::cli) algorithm: Algorithm,
    /// What to encrypt, in base64; @FILE and @- read it from a file and from standard input
    #[arg(long, allow_hyphen_values = true)]
    pub(in crate::cli) value: String,
    /// What the value is
    #[arg(long, value_enum, default_value_t = DataType::Base64, ignore_case = true)]
    pub(in crate::cli) data_type: DataType,
    /// The initialisation vector of AES-CBC, in hex; made here when it is not said
    #[arg(long, value_name = "HEX")]
    pub(in crate::cli) iv: Option<String>,
    /// What AES-GCM authenticates and does not encrypt, in hex
    #[arg(long, value_name = "HEX")]
    pub(in crate::cli) aad: Option<String>,
}

#[derive(Args)]
pub(in crate::cli) struct Decrypt {
    #[command(flatten)]
    pub(in crate::cli) target: KeyTarget,
    /// By which algorithm
    #[arg(long, short, value_name = "ALG", value_parser = algorithms(KeyOperation::Decrypt), ignore_case = true)]
    pub(in crate::cli) algorithm: Algorithm,
    /// What encrypt gave as its result, in base64; @FILE and @- read it from a file and from standard input
    #[arg(long, allow_hyphen_values = true)]
    pub(in crate::cli) value: String,
    /// What was encrypted
    #[arg(long, value_enum, default_value_t = DataType::Base64, ignore_case = true)]
    pub(in crate::cli) data_type: DataType,
    /// The initialisation vector of AES, in hex
    #[arg(long, value_name = "HEX")]
    pub(in crate::cli) iv: Option<String>,
    /// What AES-GCM authenticated beside, in hex
    #[arg(long, value_name = "HEX")]
    pub(in crate::cli) aad: Option<String>,
    /// The tag of AES-GCM, in hex
    #[arg(long, value_name = "HEX")]
    pub(in crate::cli) tag: Option<String>,
}

#[derive(Args)]
pub(in crate::cli) struct Sign {
    #[command(flatten)]
    pub(in crate::cli) target: KeyTarget,
    /// By which algorithm
    #[arg(long, short, value_name = "ALG", value_parser = algorithms(KeyOperation::Sign), ignore_case = true)]
    pub(in crate::cli) algorithm: Algorithm,
    /// The digest to sign, in base64; for HMAC the message; @FILE and @- read it
    #[arg(long, allow_hyphen_values = true)]
    pub(in crate::cli) digest: String,
}

#[derive(Args)]
pub(in crate::cli) struct Verify {
    #[command(flatten)]
    pub(in crate::cli) target: KeyTarget,
    /// By which algorithm
    #[arg(long, short, value_name = "ALG", value_parser = algorithms(KeyOperation::Verify), ignore_case = true)]
    pub(in crate::cli) algorithm: Algorithm,
    /// The digest that was signed, in base64; for HMAC the message; @FILE and @- read it
    #[arg(long, allow_hyphen_values = true)]
    pub(in crate::cli) digest: String,
    /// The signature, in base64; @FILE and @- read it
    #[arg(long, allow_hyphen_values = true)]
    pub(in crate::cli) signature: String,
}

/// How a plaintext is told.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum DataType {
    /// Any bytes, in base64
    Base64,
    /// Text in UTF-8
    Plaintext,
}

/// The algorithms that do this, by name in any case.
fn algorithms(operation: KeyOperation) -> impl TypedValueParser<Value = Algorithm> {
    let fit = Algorithm::ALL.iter().filter(move |algorithm| algorithm.does(operation));
    PossibleValuesParser::new(fit.map(|algorithm| algorithm.text())).map(|text| {
        let named = Algorithm::ALL.iter().find(|algorithm| algorithm.text().eq_ignore_ascii_case(&text));
        *named.expect("only the names of algorithms are taken")
    })
}
