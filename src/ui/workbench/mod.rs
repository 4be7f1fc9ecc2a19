//! The workbench of a key: choose what to do and by which algorithm, give it something, see what comes out.
//!
//! It is drawn among the details of a key. What is typed and what comes out is wiped when another key is shown, when its
//! page is left, and when the store is locked.

mod field;
mod form;
mod outcome;
mod output;
mod save;
mod view;

use std::path::Path;

use self::{
    field::BytesField,
    form::Form,
    outcome::{Outcome, Outcomes},
};
use super::{dialogs::path_field::PathField, typed::FormId};
use crate::{
    domain::{
        Algorithm, Key, KeyKind, KeyOperation, KeyVersion, ObjectName, Refusal, VaultName, VersionId, Zone,
        key_algorithm::{InputLength, Scheme},
    },
    service::{KeyAnswer, KeyInput, KeyUse, RequestId},
};

pub(in crate::ui) use self::view::show;

/// What is being tried with a key.
pub(in crate::ui) struct Workbench {
    /// The key it is tried with.
    subject: Option<(VaultName, ObjectName)>,
    id: FormId,
    /// The version that was chosen; `None`: the current one.
    version: Option<VersionId>,
    /// What was chosen to be done; `None`: the first thing that can be.
    operation: Option<KeyOperation>,
    /// By what, as long as it fits.
    algorithm: Option<Algorithm>,
    source: Source,
    input: BytesField,
    file: PathField,
    hashing: Hashing,
    iv: BytesField,
    aad: BytesField,
    tag: BytesField,
    signature: BytesField,
    state: State,
}

/// Where the input comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Source {
    /// It is typed.
    #[default]
    Typed,
    /// It is the content of a file.
    File,
}

/// What is given to be signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Hashing {
    /// A message, which is hashed first.
    #[default]
    Message,
    /// The digest of one.
    Digest,
}

/// How the last use stands.
#[derive(Default)]
enum State {
    #[default]
    Idle,
    /// Asked, as soon as there is an id; how far it is, where that is known.
    Asked(Option<RequestId>, Option<f32>),
    Answered(Outcome),
    Failed(String),
}

impl Default for Workbench {
    fn default() -> Self {
        Self {
            subject: None,
            id: FormId::fresh(),
            version: None,
            operation: None,
            algorithm: None,
            source: Source::default(),
            input: BytesField::default(),
            file: PathField::default(),
            hashing: Hashing::default(),
            iv: BytesField::of(Form::Base64Url),
            aad: BytesField::of(Form::Text),
            tag: BytesField::of(Form::Base64Url),
            signature: BytesField::of(Form::Base64Url),
            state: State::Idle,
        }
    }
}

/// What the window tells it.
impl Workbench {
    /// The key it is about, once it was shown.
    pub(in crate::ui) const fn subject(&self) -> Option<&(VaultName, ObjectName)> {
        self.subject.as_ref()
    }

    /// The request that is under way.
    pub(in crate::ui) const fn running(&self) -> Option<RequestId> {
        match &self.state {
            State::Asked(id, _) => *id,
            State::Idle | State::Answered(_) | State::Failed(_) => None,
        }
    }

    /// What it wanted was asked for.
    pub(in crate::ui) fn asked(&mut self, id: RequestId) {
        if let State::Asked(asked, _) = &mut self.state {
            *asked = Some(id);
        }
    }

    /// So much is done, 0 to 1.
    pub(in crate::ui) fn came_so_far(&mut self, id: RequestId, fraction: f32) {
        if self.running() == Some(id) {
            self.state = State::Asked(Some(id), Some(fraction));
        }
    }

    /// Takes an answer, unless something else is wanted by now.
    pub(in crate::ui) fn answered(&mut self, id: RequestId, version: VersionId, answer: KeyAnswer) {
        if let (true, Some(operation)) = (self.running() == Some(id), self.operation) {
            self.state = State::Answered(Outcome::new(operation, version, answer));
        }
    }

    /// It was not done, and why; `None`: it was broken off.
    pub(in crate::ui) fn failed(&mut self, id: RequestId, why: Option<String>) {
        if self.running() == Some(id) {
            self.state = why.map_or(State::Idle, State::Failed);
        }
    }

    /// Takes the file that the person picked.
    pub(in crate::ui) fn picked(&mut self, path: &Path) {
        if self.source == Source::File {
            self.file.set(path);
        }
    }
}

/// What is asked of a key, as far as it is whole.
struct Wanted<'a> {
    version: &'a KeyVersion,
    operation: KeyOperation,
    algorithm: Algorithm,
}

impl Wanted<'_> {
    const fn kind(&self) -> KeyKind {
        self.version.kind
    }

    /// Whether a hash comes first that the person may also bring along.
    const fn hashes(&self) -> bool {
        matches!(self.operation, KeyOperation::Sign | KeyOperation::Verify) && self.algorithm.digest().is_some()
    }

    const fn decrypts(&self) -> bool {
        matches!(self.operation, KeyOperation::Decrypt)
    }

    const fn verifies(&self) -> bool {
        matches!(self.operation, KeyOperation::Verify)
    }

    /// Whether what goes in was made by such a key, so that only the key knows how long it may be.
    const fn opens(&self) -> bool {
        matches!(self.operation, KeyOperation::Decrypt | KeyOperation::UnwrapKey)
    }

    /// Whether an initialisation vector is given: to decrypt, and for AES-CBC, which takes one, to encrypt.
    const fn takes_iv(&self) -> bool {
        let is_gcm = matches!(self.algorithm.scheme(), Scheme::AesGcm);
        self.algorithm.iv_bytes().is_some() && (self.decrypts() || !is_gcm)
    }

    const fn takes_aad(&self) -> bool {
        matches!(self.algorithm.scheme(), Scheme::AesGcm)
    }

    const fn takes_tag(&self) -> bool {
        self.takes_aad() && self.decrypts()
    }
}

impl Workbench {
    /// What is to be done: as chosen, else the first thing that `admits` lets be done.
    fn wanted<'a>(&self, key: &'a Key, admits: impl Fn(&KeyVersion, KeyOperation) -> bool) -> Option<Wanted<'a>> {
        let version = key.version(self.version).unwrap_or_else(|| key.current());
        let supported = version.kind.supported_operations();
        let chosen = self.operation.filter(|operation| supported.contains(operation));
        let possible = || supported.iter().copied().find(|operation| admits(version, *operation));
        let operation = chosen.or_else(possible).or_else(|| supported.first().copied())?;
        let fits = |algorithm: &Algorithm| algorithm.fits(version.kind, operation).is_ok();
        let chosen = self.algorithm.filter(fits);
        let algorithm = chosen.or_else(|| Algorithm::ALL.iter().copied().find(fits))?;
        Some(Wanted { version, operation, algorithm })
    }

    /// Whether the typed input is a digest already.
    fn is_digest(&self, wanted: &Wanted<'_>) -> bool {
        wanted.hashes() && self.source == Source::Typed && self.hashing == Hashing::Digest
    }

    /// How long the input has to be.
    fn input_length(&self, wanted: &Wanted<'_>) -> InputLength {
        if wanted.opens() || wanted.hashes() && !self.is_digest(wanted) {
            return InputLength::Any;
        }
        wanted.algorithm.input_length(wanted.kind())
    }

    /// What is wrong with the typed input: the service's own sentence where it is the length.
    fn input_problem(&self, wanted: &Wanted<'_>, zone: Zone) -> Option<String> {
        let bytes = match self.input.bytes() {
            Ok(bytes) => bytes,
            Err(problem) => return Some(problem),
        };
        if self.input_length(wanted) == InputLength::Any {
            return None;
        }
        let admitted = wanted.algorithm.admit_input(wanted.kind(), bytes.len());
        admitted.err().map(|refusal| refusal.sentence(zone))
    }

    /// What is wrong with the initialisation vector.
    fn iv_problem(&self, wanted: &Wanted<'_>, zone: Zone) -> Option<String> {
        let needed = wanted.algorithm.iv_bytes()?;
        if self.iv.is_empty() && !wanted.decrypts() {
            return None;
        }
        let found = self.iv.bytes().ok()?.len();
        let refusal = Refusal::IvLength { algorithm: wanted.algorithm, needed, found };
        (needed != found).then(|| refusal.sentence(zone))
    }

    /// Everything that is sent, or why it is not whole yet.
    fn request(&self, wanted: &Wanted<'_>, zone: Zone) -> Result<KeyUse, String> {
        let input = match self.source {
            Source::File => KeyInput::File(self.file.path()?),
            Source::Typed => {
                if let Some(problem) = self.input_problem(wanted, zone) {
                    return Err(problem);
                }
                if wanted.opens() && self.input.is_empty() {
                    return Err(format!("There is no {} yet", input_title(wanted, Hashing::Message).to_lowercase()));
                }
                let bytes = self.input.bytes()?;
                let is_message = wanted.hashes() && !self.is_digest(wanted);
                if is_message { KeyInput::Message(bytes) } else { KeyInput::Bytes(bytes) }
            }
        };
        let given = |is_taken: bool, field: &BytesField| -> Result<Option<Vec<u8>>, String> {
            if !is_taken || field.is_empty() {
                return Ok(None);
            }
            field.bytes().map(|bytes| Some(bytes.to_vec()))
        };
        let iv = given(wanted.takes_iv(), &self.iv)?;
        if let Some(problem) = self.iv_problem(wanted, zone).filter(|_| wanted.takes_iv()) {
            return Err(problem);
        }
        let signature = given(wanted.verifies(), &self.signature)?;
        if wanted.verifies() && signature.is_none() {
            return Err("There is no signature to compare yet".into());
        }
        let tag = given(wanted.takes_tag(), &self.tag)?;
        if wanted.takes_tag() && tag.is_none() {
            return Err("There is no tag yet".into());
        }
        let aad = given(wanted.takes_aad(), &self.aad)?;
        let Wanted { operation, algorithm, .. } = *wanted;
        Ok(KeyUse { operation, algorithm, input, iv, aad, tag, signature })
    }

    /// Takes what came out for the other direction: the output becomes the input, or the signature that is compared.
    fn turn_round(&mut self) {
        let State::Answered(outcome) = std::mem::take(&mut self.state) else { return };
        let form = if outcome.is_secret() { Form::Text } else { Form::Base64Url };
        let Outcomes::Bytes(output) = outcome.result else { return };
        self.version = Some(outcome.version);
        self.operation = Some(outcome.operation.reverse());
        if outcome.operation == KeyOperation::Sign {
            self.signature.set(Form::Base64Url, &output.value);
            return;
        }
        self.source = Source::Typed;
        self.input.set(form, &output.value);
        self.iv.clear();
        self.tag.clear();
        if let Some(iv) = &output.iv {
            self.iv.set(Form::Base64Url, iv);
        }
        if let Some(tag) = &output.tag {
            self.tag.set(Form::Base64Url, tag);
        }
    }
}

/// What the input is.
const fn input_title(wanted: &Wanted<'_>, hashing: Hashing) -> &'static str {
    match wanted.operation {
        KeyOperation::Encrypt => "Plaintext",
        KeyOperation::Decrypt => "Ciphertext",
        KeyOperation::WrapKey => "Key to wrap",
        KeyOperation::UnwrapKey => "Wrapped key",
        KeyOperation::Sign | KeyOperation::Verify => match hashing {
            Hashing::Digest if wanted.hashes() => "Digest",
            Hashing::Message | Hashing::Digest => "Message",
        },
    }
}
