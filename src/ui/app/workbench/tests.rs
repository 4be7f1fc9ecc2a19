use std::{
    fs::{self, File},
    time::{Duration, Instant},
};

use egui::{Key as Pressed, Modifiers, Role, Ui};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};

use super::super::{App, KeepSettings, Launch, Phase, Start};
use crate::{
    domain::{
        Curve, KeyKind, KeyOperation, KeyProtection, ObjectName, OctSize, RegionName, RetentionDays, RsaSize, Sku,
        Timestamp, VaultName, Zone,
        key::KeyDraft,
        properties::{Tags, Validity},
        region::FailoverPlan,
        vault::VaultDraft,
    },
    service::{Command, KeyCommand, TimeSource},
    ui::{
        action::{Action, After},
        scene::Page,
        settings::Settings,
        theme::{Tokens, size, space},
        workbench,
    },
};

const NOW: Timestamp = Timestamp::from_secs(1_795_183_320);
const RSA: KeyKind = KeyKind::Rsa(RsaSize::Rsa2048, KeyProtection::Software);
const EC: KeyKind = KeyKind::Ec(Curve::P256, KeyProtection::Software);
const AES: KeyKind = KeyKind::Oct(OctSize::Oct256);

/// The window, of which only the workbench is drawn, as narrow as it gets.
struct Bench(App);

type Window = Harness<'static, Bench>;

impl eframe::App for Bench {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        self.0.logic(ctx, frame);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let app = &mut self.0;
        let Phase::Open(view) = &app.phase else { return };
        let view = std::sync::Arc::clone(view);
        let (mut page, mut dialogs) = (std::mem::take(&mut app.page), std::mem::take(&mut app.dialogs));
        let mut actions = Vec::new();
        {
            let scene = app.scene(&view, ui.input(|input| input.time));
            let vault = view.world.vaults.get(&vault_name());
            let key = vault.and_then(|vault| vault.keys.get(&key_name()));
            if let (Some(vault), Some(key)) = (vault, key) {
                let panel = egui::Frame::new().fill(Tokens::of(ui).panel).inner_margin(space::L);
                ui.set_max_width(size::DETAILS_WIDE);
                panel.show(ui, |ui| {
                    egui::ScrollArea::vertical()
                        .show(ui, |ui| workbench::show(ui, &scene, vault, key, &mut page.workbench, &mut actions))
                });
            }
            for open in &mut dialogs {
                open.dialog.show(ui.ctx(), &scene, &open.waiting, &mut actions);
            }
        }
        (app.page, app.dialogs) = (page, dialogs);
        let ctx = ui.ctx().clone();
        app.act(&ctx, actions);
    }
}

fn vault_name() -> VaultName {
    VaultName::parse("bench-vault").unwrap()
}

fn key_name() -> ObjectName {
    ObjectName::parse("tried").unwrap()
}

/// The workbench of a new key.
fn bench_of(kind: KeyKind, draft: KeyDraft) -> Window {
    let launch = Launch {
        open: Start::Demo(Some(NOW)),
        settings: Settings { auto_lock_minutes: 0, ..Settings::default() },
        keep_settings: KeepSettings::No,
        zone: Zone::Utc,
        source: TimeSource::held_at(NOW),
    };
    let mut window = Harness::builder()
        .with_size([900.0, 800.0])
        .with_step_dt(1.0 / 60.0)
        .build_eframe(move |creation| Bench(App::new(&creation.egui_ctx, launch).unwrap()));
    settle(&mut window);
    let vault = VaultDraft {
        name: vault_name(),
        location: RegionName::parse("westeurope").unwrap(),
        sku: Sku::Premium,
        retention: RetentionDays::MOST,
        purge_protection: None,
        tags: Tags::default(),
        access: crate::domain::AccessModel::Policies,
    };
    let create = Command::Key(KeyCommand::Create(vault_name(), key_name(), kind, draft));
    act(&mut window, vec![done(Command::CreateVault(vault))]);
    act(&mut window, vec![done(create)]);
    window
}

fn done(command: Command) -> Action {
    Action::Do(command, After::default())
}

fn act(window: &mut Window, actions: Vec<Action>) {
    let ctx = window.ctx.clone();
    window.state_mut().0.act(&ctx, actions);
    settle(window);
}

#[track_caller]
fn wait_for(window: &mut Window, is_so: impl Fn(&Window) -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    window.step();
    while !is_so(window) {
        assert!(Instant::now() < deadline, "it never came to be: {:#?}", said(window));
        std::thread::sleep(Duration::from_millis(1));
        window.step();
    }
    window.run_steps(6);
}

#[track_caller]
fn settle(window: &mut Window) {
    // A click is taken in by the frames after it.
    window.run_steps(3);
    wait_for(window, |window| window.state().0.is_settled());
}

fn said(window: &Window) -> Vec<String> {
    let nodes = window.query_all_by(|_| true).map(|node| node.accesskit_node());
    nodes.map(|node| format!("{:?} {:?} {:?}", node.role(), node.label(), node.value())).collect()
}

#[track_caller]
fn press(window: &mut Window, label: &str) {
    window.get_by_role_and_label(Role::Button, label).click();
    settle(window);
}

#[track_caller]
fn choose(window: &mut Window, label: &str) {
    window.get_by_role_and_label(Role::RadioButton, label).click();
    settle(window);
}

#[track_caller]
fn fill(window: &mut Window, field: &str, text: &str) {
    window.get_by_role_and_label(Role::TextInput, field).focus();
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Pressed::A);
    window.step();
    window.event(egui::Event::Text(text.to_owned()));
    settle(window);
}

fn is_multiline(role: Role) -> bool {
    matches!(role, Role::MultilineTextInput | Role::TextInput)
}

/// What stands in a field.
#[track_caller]
fn field(window: &Window, name: &str) -> String {
    let all = window.query_all_by_label(name).map(|node| node.accesskit_node());
    let field = all.into_iter().find(|node| is_multiline(node.role()));
    field.unwrap_or_else(|| panic!("no field {name}: {:#?}", said(window))).value().unwrap_or_default()
}

/// Puts `text` into the large field in place of what is there.
#[track_caller]
fn give(window: &mut Window, name: &str, text: &str) {
    let all = window.query_all_by_label(name);
    let field = all.into_iter().find(|node| is_multiline(node.accesskit_node().role()));
    field.unwrap_or_else(|| panic!("no field {name}: {:#?}", said(window))).focus();
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Pressed::A);
    window.step();
    window.event(egui::Event::Text(text.to_owned()));
    settle(window);
}

#[track_caller]
fn why_greyed(window: &Window, role: Role, label: &str) -> Option<String> {
    let node = window.get_by_role_and_label(role, label);
    let node = node.accesskit_node();
    node.is_disabled().then(|| node.description().unwrap_or_default())
}

#[test]
fn what_was_encrypted_is_decrypted_in_one_click() {
    let mut window = bench_of(RSA, KeyDraft::default());
    give(&mut window, "Plaintext", "payroll batch 2026-11, EUR");
    window.get_by_label("UTF-8 · 26 of 190 bytes");
    press(&mut window, "Encrypt");
    let ciphertext = field(&window, "Ciphertext");
    assert_eq!(ciphertext.len(), 342, "256 bytes in base64url: {ciphertext}");
    press(&mut window, "Decrypt this");
    assert_eq!(field(&window, "Ciphertext"), ciphertext, "it became the input");
    assert_eq!(field(&window, "Plaintext"), "payroll batch 2026-11, EUR");
    // It does not stay where something else is given.
    let other = if &ciphertext[100..101] == "A" { "B" } else { "A" };
    give(&mut window, "Ciphertext", &format!("{}{other}{}", &ciphertext[..100], &ciphertext[101..]));
    assert!(window.query_by_label("Plaintext").is_none());
    press(&mut window, "Decrypt");
    window.get_by_label("This was not made with this key and algorithm, or it was changed or cut short since");
}

#[test]
fn aes_brings_its_vector_and_its_tag_along() {
    let mut window = bench_of(AES, KeyDraft::default());
    give(&mut window, "Plaintext", "grün");
    fill(&mut window, "Additional data", "row 7");
    press(&mut window, "Encrypt");
    press(&mut window, "Decrypt this");
    assert_eq!(field(&window, "Plaintext"), "grün");
    assert_eq!(field(&window, "Initialisation vector").len(), 16);
    let tag = field(&window, "Tag");
    fill(&mut window, "Tag", &tag[..20]);
    press(&mut window, "Decrypt");
    window.get_by_label("This was not made with this key and algorithm, or it was changed or cut short since");
    fill(&mut window, "Initialisation vector", "abcd");
    window.get_by_label("A256GCM takes an initialisation vector of 12 bytes, not 3");
}

#[test]
fn a_signature_is_verified_and_one_of_another_bit_is_not() {
    let mut window = bench_of(EC, KeyDraft::default());
    give(&mut window, "Message", "a contract");
    press(&mut window, "Sign");
    press(&mut window, "Verify this");
    window.get_by_label("The signature is valid");
    let signature = field(&window, "Signature");
    let other = if signature.starts_with('A') { "B" } else { "A" };
    fill(&mut window, "Signature", &format!("{other}{}", &signature[1..]));
    assert!(window.query_by_label("The signature is valid").is_none());
    press(&mut window, "Verify");
    window.get_by_label("The signature is not valid");
    // The digest of the message is the same thing to sign.
    fill(&mut window, "Signature", &signature);
    choose(&mut window, "Digest");
    choose(&mut window, "Hex");
    give(&mut window, "Digest", "abcd");
    window.get_by_label("ES256 takes a SHA-256 digest of 32 bytes, not 2");
    let digest = crate::crypto::key::digest(crate::domain::Hash::Sha256, b"a contract");
    let digest = digest.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    give(&mut window, "Digest", &digest);
    press(&mut window, "Verify");
    window.get_by_label("The signature is valid");
}

#[test]
fn a_key_for_verifying_only_does_nothing_else() {
    let operations = Some([KeyOperation::Verify].into_iter().collect());
    let window = bench_of(EC, KeyDraft { operations, ..KeyDraft::default() });
    let why = why_greyed(&window, Role::RadioButton, "Sign").unwrap();
    assert_eq!(why, "Operation sign is not permitted on this key");
    assert_eq!(why_greyed(&window, Role::RadioButton, "Verify"), None);
    assert!(window.query_by_label("Encrypt").is_none(), "no elliptic curve does that");
    assert!(why_greyed(&window, Role::Button, "Verify").unwrap().contains("no signature"));
}

#[test]
fn an_algorithm_that_does_not_fit_says_why() {
    let mut window = bench_of(RSA, KeyDraft::default());
    window.get_by_role_and_label(Role::ComboBox, "Algorithm").click();
    settle(&mut window);
    let is_disabled = |label| {
        let node = window.get_by_role_and_label(Role::ListBoxOption, label);
        node.accesskit_node().is_disabled()
    };
    assert!(!is_disabled("RSA-OAEP-256") && !is_disabled("RSA1_5"));
    assert!(is_disabled("RS256 does not encrypt"));
    assert!(is_disabled("ES256K needs a P-256K key"));
    assert!(is_disabled("A128GCM needs a symmetric key of 128 bits"));
}

#[test]
fn an_expired_key_still_decrypts_and_encrypts_nothing_new() {
    // §3.5
    let validity = Validity::parse(None, Some(NOW.plus_secs(-86_400))).unwrap();
    let mut window = bench_of(RSA, KeyDraft { validity, ..KeyDraft::default() });
    let why = why_greyed(&window, Role::RadioButton, "Encrypt").unwrap();
    assert!(why.contains("expired"), "{why}");
    for works in ["Decrypt", "Unwrap", "Verify"] {
        assert_eq!(why_greyed(&window, Role::RadioButton, works), None, "{works}");
    }
    choose(&mut window, "Base64url");
    give(&mut window, "Ciphertext", "AAAA");
    press(&mut window, "Decrypt");
    window.get_by_label("This was not made with this key and algorithm, or it was changed or cut short since");
}

#[test]
fn while_read_only_keys_are_used_as_ever() {
    // A5
    let mut window = bench_of(RSA, KeyDraft::default());
    let region = RegionName::parse("westeurope").unwrap();
    act(&mut window, vec![done(Command::BeginOutage(region, FailoverPlan::DEMO))]);
    assert!(why_greyed(&window, Role::RadioButton, "Encrypt").is_some(), "nobody answers while it fails over");
    act(&mut window, vec![done(Command::AdvanceClock(NOW.plus_secs(60)))]);
    give(&mut window, "Plaintext", "still here");
    press(&mut window, "Encrypt");
    press(&mut window, "Decrypt this");
    assert_eq!(field(&window, "Plaintext"), "still here");
}

#[test]
fn what_is_typed_wrong_is_told_at_the_field() {
    // Bad input
    let mut window = bench_of(RSA, KeyDraft::default());
    give(&mut window, "Plaintext", "abc");
    choose(&mut window, "Hex");
    assert_eq!(field(&window, "Plaintext"), "616263", "it is the same, written otherwise");
    give(&mut window, "Plaintext", "61626");
    window.get_by_label("Hex has two digits for each byte; these are 5");
    assert!(why_greyed(&window, Role::Button, "Encrypt").unwrap().contains("two digits"));
    give(&mut window, "Plaintext", &"00".repeat(191));
    window.get_by_label("RSA-OAEP-256 takes at most 190 bytes with this key, not 191");
    choose(&mut window, "Base64url");
    give(&mut window, "Plaintext", "a/b");
    window.get_by_label("“/” at character 2 is not base64url, which has “-” and “_” instead");
}

#[test]
fn a_file_is_hashed_and_what_comes_out_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let (message, saved) = (folder.path().join("message"), folder.path().join("message.sig"));
    fs::write(&message, "a contract").unwrap();
    let mut window = bench_of(EC, KeyDraft::default());
    choose(&mut window, "File");
    fill(&mut window, "Message", message.to_str().unwrap());
    window.get_by_label("The file is hashed with SHA-256 first, however long it is.");
    press(&mut window, "Sign");
    press(&mut window, "Save…");
    fill(&mut window, "File", saved.to_str().unwrap());
    press(&mut window, "Save");
    assert_eq!(fs::read(&saved).unwrap().len(), 64);
    press(&mut window, "Verify this");
    window.get_by_label("The signature is valid");
    fs::write(&message, "another contract").unwrap();
    press(&mut window, "Verify");
    window.get_by_label("The signature is not valid");
    fs::remove_file(&message).unwrap();
    press(&mut window, "Verify");
    assert!(window.query_by_label_contains("Reading the file failed").is_some());
}

#[test]
fn hashing_a_large_file_tells_how_far_it_is_and_can_be_broken_off() {
    let folder = tempfile::tempdir().unwrap();
    let large = folder.path().join("large");
    // Nothing is written: it is one hole.
    File::create(&large).unwrap().set_len(64 << 30).unwrap();
    let mut window = bench_of(EC, KeyDraft::default());
    choose(&mut window, "File");
    fill(&mut window, "Message", large.to_str().unwrap());
    window.get_by_role_and_label(Role::Button, "Sign").click();
    wait_for(&mut window, |window| window.query_by_role(Role::ProgressIndicator).is_some());
    window.get_by_role_and_label(Role::Button, "Cancel").click();
    settle(&mut window);
    assert!(window.query_by_role(Role::ProgressIndicator).is_none());
    assert_eq!(why_greyed(&window, Role::Button, "Sign"), None, "it can be asked again");
}

#[test]
fn nothing_is_left_once_another_key_is_shown_or_the_store_is_locked() {
    // T1
    let mut window = bench_of(RSA, KeyDraft::default());
    let is_left = |window: &Window| said(window).join("\n").contains("for my eyes");
    for leave in [Action::Select(Some(key_name())), Action::SwitchCaller] {
        give(&mut window, "Plaintext", "for my eyes");
        press(&mut window, "Encrypt");
        press(&mut window, "Decrypt this");
        assert!(is_left(&window));
        act(&mut window, vec![leave]);
        assert!(!is_left(&window));
        // Neither does undo bring it back.
        window.query_all_by_label("Plaintext").find(|node| is_multiline(node.accesskit_node().role())).unwrap().focus();
        window.run_steps(2);
        window.key_press_modifiers(Modifiers::COMMAND, Pressed::Z);
        settle(&mut window);
        assert!(!is_left(&window));
    }
    give(&mut window, "Plaintext", "for my eyes");
    let ctx = window.ctx.clone();
    window.state_mut().0.act(&ctx, vec![Action::LeaveDemo]);
    let Page { workbench, .. } = &window.state().0.page;
    assert!(workbench.subject().is_none(), "it is gone at once");
}
