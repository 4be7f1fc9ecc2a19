//! Keys as a window makes and uses them, through the worker.

use std::fs;

use tresor::{
    domain::{
        Algorithm, Curve, KeyKind, KeyOperation, KeyProblem, KeyProtection, Refusal, RsaSize, VaultName, key::KeyDraft,
    },
    service::{
        BroughtKey, Command, KeyAnswer, KeyCommand, KeyInput, KeySource, KeyUse, OpenAs, Passphrase, PublicForm, Reply,
        Request, ServiceError,
    },
};
use zeroize::Zeroizing;

use crate::{
    desk::{START, developer, draft, name, vault},
    worker::Window,
};

const LARGEST: KeyKind = KeyKind::Rsa(RsaSize::Rsa4096, KeyProtection::Software);
const P256: KeyKind = KeyKind::Ec(Curve::P256, KeyProtection::Software);

fn prod() -> VaultName {
    vault("prod")
}

fn window() -> Window {
    let mut window = Window::with_demo();
    window.do_it(Command::CreateVault(draft("prod"))).unwrap();
    window
}

fn create(key: &str, kind: KeyKind) -> Command {
    Command::Key(KeyCommand::Create(prod(), name(key), kind, KeyDraft::default()))
}

fn used(window: &mut Window, key: &str, using: KeyUse) -> Result<Vec<u8>, ServiceError> {
    match window.do_it(Command::Key(KeyCommand::Use(prod(), name(key), None, using)))? {
        Reply::Used(_, KeyAnswer::Made(made)) => Ok(made.value),
        Reply::Used(_, KeyAnswer::Opened(opened)) => Ok(opened.to_vec()),
        Reply::Used(_, KeyAnswer::Verified(is_right)) => Ok(vec![u8::from(is_right)]),
        _ => panic!("a use is answered with what came of it"),
    }
}

fn using(operation: KeyOperation, input: KeyInput) -> KeyUse {
    KeyUse { operation, algorithm: Algorithm::Es256, input, iv: None, aad: None, tag: None, signature: None }
}

#[test]
fn a_key_is_made_elsewhere_and_everything_else_goes_on() {
    let mut window = window();
    let making = window.send(Request::Do(developer(), create("large", LARGEST)));
    window.do_it(Command::ListSecrets(prod())).unwrap();
    window.do_it(create("small", P256)).unwrap();
    // Whichever was done first, both are there in the end.
    if window.do_it(Command::Key(KeyCommand::Delete(prod(), name("large")))).is_err() {
        window.answer(making).1.unwrap();
        window.do_it(Command::Key(KeyCommand::Delete(prod(), name("large")))).unwrap();
    }
    window.do_it(Command::Key(KeyCommand::Delete(prod(), name("small")))).unwrap();
}

#[test]
fn a_key_that_nobody_waits_for_any_more_is_put_nowhere() {
    let mut window = window();
    let making = window.send(Request::Do(developer(), create("large", LARGEST)));
    window.cancel(making);
    let answer = window.answer(making).1;
    let deleted = window.do_it(Command::Key(KeyCommand::Delete(prod(), name("large"))));
    match answer {
        Err(ServiceError::Cancelled) => {
            assert!(matches!(deleted, Err(ServiceError::Refused(Refusal::NotFound { .. }))));
        }
        // On a machine that stands still for a while the key can be there before it is called off.
        Ok(_) => assert!(deleted.is_ok(), "what is told as done is there"),
        Err(other) => panic!("{other}"),
    }
    // Nor into a store that was opened meanwhile.
    let making = window.send(Request::Do(developer(), create("another", LARGEST)));
    window.send(Request::Open(OpenAs::Demo(Some(START))));
    let made_in_time = window.answer(making).1.is_ok();
    let found = window.do_it(Command::Key(KeyCommand::List(prod())));
    assert!(matches!(found, Err(ServiceError::Refused(Refusal::NotFound { .. }))), "made in time: {made_in_time}");
}

#[test]
fn what_cannot_be_made_is_refused_before_it_is_made() {
    let mut window = window();
    let hsm = LARGEST.with_protection(KeyProtection::SimulatedHsm);
    let refused = window.do_it(create("hsm", hsm));
    assert!(matches!(refused, Err(ServiceError::Refused(Refusal::KeyNeedsPremium { .. }))));
}

#[test]
fn a_file_of_any_size_is_hashed_and_signed_with_its_progress_told() {
    let mut window = window();
    window.do_it(create("sign", P256)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large");
    fs::write(&path, vec![7; 5 << 20]).unwrap();
    let id = window.send(Request::Do(
        developer(),
        Command::Key(KeyCommand::Use(
            prod(),
            name("sign"),
            None,
            using(KeyOperation::Sign, KeyInput::File(path.clone())),
        )),
    ));
    let (told, answer) = window.answer(id);
    assert!(told.contains(&"progress"), "{told:?}");
    let Ok(Reply::Used(_, KeyAnswer::Made(signature))) = answer else { panic!("it is signed") };
    let message = || KeyInput::Message(Zeroizing::new(vec![7; 5 << 20]));
    let verify = KeyUse { signature: Some(signature.value), ..using(KeyOperation::Verify, message()) };
    assert_eq!(used(&mut window, "sign", verify).unwrap(), [1], "hashed here or there");
    let missing = used(&mut window, "sign", using(KeyOperation::Sign, KeyInput::File(folder.path().join("none"))));
    assert!(matches!(missing, Err(ServiceError::File { .. })));
}

#[test]
fn a_public_key_is_saved_and_a_private_one_is_brought_along_with_its_passphrase() {
    let mut window = window();
    window.do_it(create("sign", P256)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let saved = |window: &mut Window, form, file: &str| {
        let path = folder.path().join(file);
        let save = KeyCommand::SavePublic(prod(), name("sign"), None, form, path.clone());
        window.do_it(Command::Key(save)).unwrap();
        fs::read_to_string(path).unwrap()
    };
    let pem = saved(&mut window, PublicForm::Pem, "public.pem");
    assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----\n"));
    assert!(saved(&mut window, PublicForm::Jwk, "public.jwk").contains("\"crv\": \"P-256\""));

    let bring = |window: &mut Window, from: KeySource, passphrase: Option<&str>| {
        let passphrase = passphrase.map(|text| Passphrase::new(text.to_owned()));
        let brought = BroughtKey { from, passphrase, protection: KeyProtection::Software };
        let import = KeyCommand::Import(prod(), name("brought"), brought, KeyDraft::default());
        match window.do_it(Command::Key(import)) {
            Ok(_) => None,
            Err(ServiceError::Refused(Refusal::BadKey { problem })) => Some(problem),
            Err(other) => panic!("{other}"),
        }
    };
    let text = |text: &str| KeySource::Text(Zeroizing::new(text.to_owned()));
    assert_eq!(bring(&mut window, text(&pem), None), Some(KeyProblem::PublicKey));
    assert_eq!(bring(&mut window, text("no key"), None), Some(KeyProblem::NotAKey));
    let path = folder.path().join("key.pem");
    fs::write(&path, PROTECTED).unwrap();
    let file = || KeySource::File(path.clone());
    assert_eq!(bring(&mut window, file(), None), Some(KeyProblem::PassphraseNeeded));
    assert_eq!(bring(&mut window, file(), Some("wrong")), Some(KeyProblem::WrongPassphrase));
    assert_eq!(bring(&mut window, file(), Some("swordfish")), None);
}

/// A key on P-256, protected as PKCS#8 with the passphrase `swordfish`; it opens nothing.
const PROTECTED: &str = "\
-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgVS5CpXRNbwgICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEN1HCw6v/7kudvcqoHXfyREEgZAW
gLKM+AZgXUKSBaX1HojXFYp3CFdTxqP8zFmU1SXhcl1QvDA6xwodrFKf0Rzgl4Yg
avseOTZvVhKloYB1TJC3yLkuO3LKvA+pXKDKIfpgEv+a3NJmiAerYT/S166kwr7O
8QrIAJVWYC2q1x4OEiOB8/Gj0tL+uT99plQIoH1N5MBYb5AbmcoaJ0ByA2Spjzo=
-----END ENCRYPTED PRIVATE KEY-----
";
