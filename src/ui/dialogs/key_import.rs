//! A key that somebody brings along: from a file, or pasted.

use std::path::PathBuf;

use egui::{Context, Ui, vec2};

use super::{
    Dialog, Waiting,
    attributes::Attributes,
    name_field::{Adds, NameField, Named},
    path_field::PathField,
};
use crate::{
    domain::{KeyProblem, KeyProtection, Operation, Refusal, Sku, Target, Vault, VaultName, soft_delete::Kind},
    service::{BroughtKey, Command, KeyCommand, KeySource, Passphrase, Reply},
    ui::{
        action::{Action, After, Pick},
        icons::Icon,
        route::{Route, Tab},
        scene::Scene,
        theme::{Font, Tokens, space},
        typed::{FormId, SecretText},
        widgets::{self, Button, Segmented, TextField, field_label, rich_label, spinner},
        words,
    },
};

/// The form for a key that was made elsewhere.
pub(in crate::ui) struct ImportKey {
    form: FormId,
    vault: VaultName,
    name: NameField,
    from: From,
    path: PathField,
    text: SecretText,
    passphrase: SecretText,
    needs_passphrase: bool,
    protection: KeyProtection,
    /// Why the key could not be taken in, as it was typed then.
    problem: Option<KeyProblem>,
    was_tried: bool,
    was_shown: bool,
}

/// Where the key is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    File,
    Text,
}

impl ImportKey {
    /// Asks for a key to import into `vault`.
    pub(in crate::ui) fn new(vault: VaultName) -> Self {
        Self {
            form: FormId::fresh(),
            vault,
            name: NameField::new(Kind::Key),
            from: From::File,
            path: PathField::default(),
            text: SecretText::default(),
            passphrase: SecretText::default(),
            needs_passphrase: false,
            protection: KeyProtection::default(),
            problem: None,
            was_tried: false,
            was_shown: false,
        }
    }

    /// Why the key could not be taken in, where it is not about the passphrase.
    fn problem_of_key(&self) -> Option<String> {
        let is_of_passphrase =
            |problem: &&KeyProblem| matches!(problem, KeyProblem::PassphraseNeeded | KeyProblem::WrongPassphrase);
        self.problem.as_ref().filter(|problem| !is_of_passphrase(problem)).map(ToString::to_string)
    }

    /// Where the key is, and the passphrase that opens it. Answers whether a file is to be picked.
    fn key_field(&mut self, ui: &mut Ui) -> bool {
        const FROM: [(From, &str); 2] = [(From::File, "From a file"), (From::Text, "Paste text")];
        let mut is_picked = false;
        if Segmented::new("Where the key is", &mut self.from, &FROM).show(ui).changed() {
            self.problem = None;
        }
        let problem = self.problem_of_key();
        match self.from {
            From::File => {
                let before = self.path.path().ok();
                is_picked = self.path.show(ui, "Key file");
                if self.path.path().ok() != before {
                    self.problem = None;
                }
                if let Some(problem) = &problem {
                    rich_label(ui, Font::Secondary.text(problem).color(Tokens::of(ui).danger));
                }
            }
            From::Text => {
                let id = ui.make_persistent_id("key");
                let field = TextField::new(&mut self.text)
                    .label("Key")
                    .hint("-----BEGIN PRIVATE KEY----- … or a JSON Web Key")
                    .id(id)
                    .mono()
                    .rows(6)
                    .secret()
                    .error(problem.as_deref());
                if ui.add(field).changed() {
                    self.problem = None;
                    self.needs_passphrase = self.text.expose().contains("ENCRYPTED");
                }
            }
        }
        if self.needs_passphrase {
            let id = ui.make_persistent_id("passphrase");
            let problem = match &self.problem {
                Some(problem @ KeyProblem::WrongPassphrase) => Some(problem.to_string()),
                _ => None,
            };
            let field = TextField::new(&mut self.passphrase)
                .label("Passphrase of the key")
                .note("The key is protected. The passphrase opens it once and is not kept.")
                .id(id)
                .password()
                .error(problem.as_deref());
            if ui.add(field).changed() {
                self.problem = None;
            }
        }
        is_picked
    }

    fn protection_field(&mut self, ui: &mut Ui, scene: &Scene<'_>, sku: Sku) {
        field_label(ui, "Protection");
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
            for protection in [KeyProtection::Software, KeyProtection::SimulatedHsm] {
                let is_refused = protection == KeyProtection::SimulatedHsm && sku == Sku::Standard;
                let why_not = is_refused.then_some(Refusal::KeyNeedsPremium { kty: "RSA-HSM, EC-HSM and oct-HSM" });
                let why_not = why_not.map(|refusal| refusal.sentence(scene.zone));
                let button = Button::choice(self.protection == protection, protection.title());
                if ui.add(button.disabled_because(why_not)).clicked() {
                    self.protection = protection;
                }
            }
        });
        if self.protection == KeyProtection::SimulatedHsm {
            rich_label(ui, Font::Secondary.text(words::SIMULATED_HSM).color(Tokens::of(ui).dim));
        }
    }

    /// Why nothing can be sent yet, without a copy of the key for every frame.
    fn why_not(&self, scene: &Scene<'_>, vault: Option<&Vault>) -> Option<String> {
        match self.name.named(vault) {
            Named::Bad(problem) => return Some(problem),
            Named::Held(_, refusal) => return Some(refusal.sentence(scene.zone)),
            Named::Live(..) | Named::Free(_) => {}
        }
        let target = Target::Vault(self.vault.clone());
        scene.why_not(Operation::KeyImport, &target).or_else(|| match self.from {
            From::File => self.path.path().err(),
            From::Text if self.text.expose().trim().is_empty() => Some("Paste a key".into()),
            From::Text => None,
        })
    }

    fn action(&self, scene: &Scene<'_>, vault: Option<&Vault>) -> Option<Action> {
        let (Named::Live(name, _) | Named::Free(name)) = self.name.named(vault) else { return None };
        let draft = Attributes::default().key_draft(scene.zone, None).ok()?;
        let brought = BroughtKey {
            from: match self.from {
                From::File => KeySource::File(self.path.path().ok()?),
                From::Text => KeySource::Text(self.text.duplicate()),
            },
            passphrase: self.needs_passphrase.then(|| Passphrase::new(self.passphrase.expose().to_owned())),
            protection: self.protection,
        };
        let page = Route::Vault(self.vault.clone(), Tab::Keys);
        let after = After::say(format!("{name} imported")).closing().going(page).selecting(name.clone());
        Some(Action::Do(Command::Key(KeyCommand::Import(self.vault.clone(), name, brought, draft)), after))
    }
}

impl Dialog for ImportKey {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let vault = scene.view.world.vaults.get(&self.vault).map(AsRef::as_ref);
        let sku = vault.map_or(Sku::Standard, |vault| vault.head.sku);
        let why_not = self.why_not(scene, vault);
        let title = format!("Import a key into {}", self.vault);
        let answer = widgets::Dialog::new("import key", &title).width(540.0).error(waiting.error()).show(
            ctx,
            |ui| {
                let says = "PEM (PKCS#1, PKCS#8 or SEC1, also protected by a passphrase) or a JSON Web Key.";
                rich_label(ui, Font::Body.text(says).color(Tokens::of(ui).dim));
                ui.push_id(self.form, |ui| {
                    let focus = (self.was_tried, !self.was_shown);
                    self.name.show(ui, scene, vault, focus, Adds::Something, actions);
                    let is_picked = self.key_field(ui);
                    ui.spacing_mut().item_spacing.y = space::S;
                    self.protection_field(ui, scene, sku);
                    is_picked
                })
                .inner
            },
            |ui| {
                let button = Button::primary("Import").icon(Icon::IMPORT);
                let is_sent = ui.add(button.disabled_because(why_not.as_ref())).clicked();
                let is_cancelled = ui.add(Button::secondary("Cancel")).clicked();
                if waiting.is_busy() {
                    spinner(ui, "Importing");
                }
                (is_sent, is_cancelled)
            },
        );
        self.was_shown = true;
        let (is_sent, is_cancelled) = answer.footer;
        if answer.body {
            let filter = Some(("Keys", ["pem", "key", "json", "jwk"].as_slice()));
            actions.push(Action::Pick(Pick::File { title: "Import a key", filter }));
        }
        if answer.should_close || is_cancelled {
            actions.push(Action::CloseDialog);
        } else if self.name.takes_version(vault) || (is_sent || answer.is_submitted) && !waiting.is_busy() {
            self.was_tried = true;
            if why_not.is_none() {
                actions.extend(self.action(scene, vault));
            }
        }
    }

    fn answered(&mut self, _: Reply) {
        self.name.answered();
    }

    fn refused(&mut self, refusal: &Refusal) -> bool {
        let Refusal::BadKey { problem } = refusal else { return false };
        self.needs_passphrase |= matches!(problem, KeyProblem::PassphraseNeeded);
        self.problem = Some(problem.clone());
        true
    }

    fn picked(&mut self, path: PathBuf) {
        self.path.set(&path);
        self.problem = None;
    }
}
