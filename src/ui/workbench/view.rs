//! How the workbench is drawn.

use egui::{Response, Role, Ui};

use super::{
    BytesField, Form, Hashing, Source, State, Wanted, Workbench, input_title,
    output::{self, Pressed},
};
use crate::{
    domain::{
        Algorithm, Key, KeyOperation, KeyVersion, Operation, Target, Vault, VersionId, key_algorithm::InputLength,
        refusal::grouped,
    },
    ui::{
        action::{Action, Pick},
        icons::Icon,
        scene::Scene,
        theme::{Font, Tokens, size, space},
        widgets::{Button, ProgressBar, Segmented, SelectField, field_label, rich_label, spinner},
        words,
    },
};

/// Draws the workbench of `key`, as wide as there is room; whoever calls lets it scroll.
pub(in crate::ui) fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    vault: &Vault,
    key: &Key,
    bench: &mut Workbench,
    actions: &mut Vec<Action>,
) {
    let subject = (vault.name(), key.name());
    if bench.subject().is_none_or(|(vault, name)| (vault, name) != subject) {
        actions.extend(bench.running().map(Action::CancelKeyUse));
        *bench = Workbench { subject: Some((subject.0.clone(), subject.1.clone())), ..Workbench::default() };
    }
    let panel = Panel { scene, vault, key };
    let id = bench.id;
    ui.push_id(id, |ui| {
        ui.spacing_mut().item_spacing.y = space::M;
        panel.show(ui, bench, actions);
    });
}

/// What the workbench is about.
pub(super) struct Panel<'a> {
    pub(super) scene: &'a Scene<'a>,
    pub(super) vault: &'a Vault,
    pub(super) key: &'a Key,
}

impl Panel<'_> {
    fn show(&self, ui: &mut Ui, bench: &mut Workbench, actions: &mut Vec<Action>) {
        let mut is_changed = self.choose_version(ui, bench);
        let admits = |version: &KeyVersion, operation| self.why_not(version, operation).is_none();
        let Some(wanted) = bench.wanted(self.key, admits) else { return };
        is_changed |= self.choose_operation(ui, bench, &wanted);
        let Some(wanted) = bench.wanted(self.key, admits) else { return };
        if let Some(why) = self.why_not(wanted.version, wanted.operation) {
            rich_label(ui, Font::Secondary.text(why).color(Tokens::of(ui).warn));
        }
        is_changed |= choose_algorithm(ui, bench, &wanted);
        let Some(wanted) = bench.wanted(self.key, admits) else { return };
        let given = self.give(ui, bench, &wanted, actions);
        is_changed |= given.is_changed | self.give_parameters(ui, bench, &wanted);
        if is_changed {
            // What came out belongs to what was there before.
            actions.extend(bench.running().map(Action::CancelKeyUse));
            bench.state = State::Idle;
        }
        let is_started = self.start(ui, bench, &wanted, actions);
        if is_started || given.is_done {
            self.run(bench, &wanted, actions);
        }
        match &mut bench.state {
            State::Failed(why) => {
                rich_label(ui, Font::Body.text(why.as_str()).color(Tokens::of(ui).danger));
            }
            State::Answered(outcome) => {
                let pressed = output::show(ui, self, outcome, actions);
                if pressed == Pressed::TheOtherWay {
                    bench.turn_round();
                    if let Some(wanted) = bench.wanted(self.key, admits) {
                        self.run(bench, &wanted, actions);
                    }
                }
            }
            State::Idle | State::Asked(..) => {}
        }
    }

    /// Why this version cannot be used so now, in the service's own sentence.
    pub(super) fn why_not(&self, version: &KeyVersion, operation: KeyOperation) -> Option<String> {
        let Scene { view, caller, now, zone, .. } = self.scene;
        let target = Target::Object(self.vault.name().clone(), self.key.name().clone());
        let admitted = view.world.admit(caller, Operation::of_key_use(operation), &target, *now);
        let refused =
            admitted.and_then(|()| operation.admit(version.enabled, &version.operations, version.validity, *now));
        refused.err().map(|refusal| refusal.sentence(*zone))
    }

    /// A key of one version leaves nothing to choose.
    fn choose_version(&self, ui: &mut Ui, bench: &mut Workbench) -> bool {
        let versions = self.key.versions();
        if versions.len() < 2 {
            return false;
        }
        let current = self.key.current().id;
        let ids: Vec<VersionId> = versions.iter().rev().map(|version| version.id).collect();
        let mut chosen = self.key.version(bench.version).map_or(current, |version| version.id);
        let text = |id: &VersionId| {
            let made = self.key.version(Some(*id)).map(|version| version.created);
            let made = made.map(|made| words::day(self.scene.zone, self.scene.now, made)).unwrap_or_default();
            let mark = if *id == current { ", current" } else { "" };
            format!("{} · {made}{mark}", id.short())
        };
        let select = |ui: &mut Ui| SelectField::new("Version", &mut chosen, &ids).show(ui, text);
        let is_changed = line(ui, "Version", select).changed();
        if is_changed {
            bench.version = (chosen != current).then_some(chosen);
        }
        is_changed
    }

    fn choose_operation(&self, ui: &mut Ui, bench: &mut Workbench, wanted: &Wanted<'_>) -> bool {
        use KeyOperation::{Decrypt, Encrypt, Sign, UnwrapKey, Verify, WrapKey};
        let supported = wanted.kind().supported_operations();
        let mut chosen = None;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(space::XS, space::XS);
            for operation in [Encrypt, Decrypt, WrapKey, UnwrapKey, Sign, Verify] {
                if !supported.contains(&operation) {
                    continue;
                }
                let title = match operation {
                    WrapKey => "Wrap",
                    UnwrapKey => "Unwrap",
                    operation => operation.title(),
                };
                let chip = Button::choice(operation == wanted.operation, title);
                let response = ui.add(chip.disabled_because(self.why_not(wanted.version, operation)));
                response.ctx.accesskit_node_builder(response.id, |node| node.set_role(Role::RadioButton));
                if response.clicked() {
                    chosen = Some(operation);
                }
            }
        });
        let Some(chosen) = chosen.filter(|chosen| *chosen != wanted.operation) else { return false };
        bench.operation = Some(chosen);
        true
    }

    /// The input: typed, or a file.
    fn give(
        &self,
        ui: &mut Ui,
        bench: &mut Workbench,
        wanted: &Wanted<'_>,
        actions: &mut Vec<Action>,
    ) -> super::field::Typed {
        let mut is_changed = choose_form(ui, bench, wanted);
        let title = input_title(wanted, if bench.is_digest(wanted) { Hashing::Digest } else { Hashing::Message });
        if bench.source == Source::File {
            let before = bench.file.path().ok();
            if bench.file.show(ui, title) {
                actions.push(Action::Pick(Pick::File { title: "Choose a file", filter: None }));
            }
            if let Some(hash) = wanted.algorithm.digest().filter(|_| wanted.hashes()) {
                let says = format!("The file is hashed with {} first, however long it is.", hash.title());
                rich_label(ui, Font::Secondary.text(says).color(Tokens::of(ui).dim));
            }
            is_changed |= before != bench.file.path().ok();
            return super::field::Typed { is_changed, is_done: false };
        }
        let problem = bench.input_problem(wanted, self.scene.zone).filter(|_| !bench.input.is_empty());
        let count = count(&bench.input, bench.input_length(wanted));
        let typed = bench.input.show(ui, title, &count, problem.as_deref());
        super::field::Typed { is_changed: is_changed | typed.is_changed, is_done: typed.is_done }
    }

    /// What AES takes beside the text, and the signature that is compared.
    fn give_parameters(&self, ui: &mut Ui, bench: &mut Workbench, wanted: &Wanted<'_>) -> bool {
        const BINARY: [Form; 2] = [Form::Base64Url, Form::Hex];
        const ALL: [Form; 3] = [Form::Text, Form::Base64Url, Form::Hex];
        let mut is_changed = false;
        if wanted.takes_iv() {
            let hint = if wanted.decrypts() { "" } else { "Made by the key when empty" };
            is_changed |= bench.iv.show_small(ui, "Initialisation vector", hint, &BINARY);
            if let Some(problem) = bench.iv_problem(wanted, self.scene.zone).filter(|_| !bench.iv.is_empty()) {
                rich_label(ui, Font::Secondary.text(problem).color(Tokens::of(ui).danger));
            }
        }
        if wanted.takes_tag() {
            is_changed |= bench.tag.show_small(ui, "Tag", "", &BINARY);
        }
        if wanted.takes_aad() {
            is_changed |= bench.aad.show_small(ui, "Additional data", "Not encrypted, but protected", &ALL);
        }
        if wanted.verifies() {
            is_changed |= bench.signature.show_small(ui, "Signature", "", &BINARY);
        }
        is_changed
    }

    /// The button that does it; while it is being done, how far it is and the way out.
    fn start(&self, ui: &mut Ui, bench: &Workbench, wanted: &Wanted<'_>, actions: &mut Vec<Action>) -> bool {
        let zone = self.scene.zone;
        let why_not = self.why_not(wanted.version, wanted.operation);
        let why_not = why_not.or_else(|| bench.request(wanted, zone).err());
        let icon = match wanted.operation {
            KeyOperation::Encrypt | KeyOperation::WrapKey => Icon::LOCK,
            KeyOperation::Decrypt | KeyOperation::UnwrapKey => Icon::LOCK_OPEN,
            KeyOperation::Sign => Icon::PENCIL,
            KeyOperation::Verify => Icon::BADGE_CHECK,
        };
        let State::Asked(id, fraction) = &bench.state else {
            let button = Button::primary(wanted.operation.title()).icon(icon).shortcut("Ctrl Enter");
            return ui.add(button.disabled_because(why_not)).clicked();
        };
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            let button = Button::primary(wanted.operation.title()).icon(icon);
            ui.add(button.disabled_because(Some("It is under way")));
            if ui.add(Button::secondary("Cancel")).clicked() {
                actions.extend(id.map(Action::CancelKeyUse));
            }
            if fraction.is_none() {
                spinner(ui, "Under way");
            }
        });
        if let Some(fraction) = fraction {
            ui.add(ProgressBar::new("Hashing the file", *fraction));
        }
        false
    }

    fn run(&self, bench: &mut Workbench, wanted: &Wanted<'_>, actions: &mut Vec<Action>) {
        if matches!(bench.state, State::Asked(..)) || self.why_not(wanted.version, wanted.operation).is_some() {
            return;
        }
        let Ok(using) = bench.request(wanted, self.scene.zone) else { return };
        bench.operation = Some(wanted.operation);
        bench.algorithm = Some(wanted.algorithm);
        bench.state = State::Asked(None, None);
        let (vault, name) = (self.vault.name().clone(), self.key.name().clone());
        actions.push(Action::UseKey(vault, name, wanted.version.id, using));
    }
}

/// A name and what is chosen beside it, as in the mock-up of the page.
fn line(ui: &mut Ui, name: &str, field: impl FnOnce(&mut Ui) -> Response) -> Response {
    const COLUMN: f32 = 80.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let left = ui.cursor().left();
        ui.set_min_height(size::FIELD);
        field_label(ui, name);
        ui.add_space((left + COLUMN - ui.cursor().left()).max(space::S));
        field(ui)
    })
    .inner
}

/// Those that fit are offered; of the others it says why not.
fn choose_algorithm(ui: &mut Ui, bench: &mut Workbench, wanted: &Wanted<'_>) -> bool {
    let fit = |algorithm: &Algorithm| algorithm.fits(wanted.kind(), wanted.operation);
    let offered: Vec<Algorithm> = Algorithm::ALL.iter().copied().filter(|one| fit(one).is_ok()).collect();
    let why: Vec<String> = Algorithm::ALL.iter().filter_map(|one| fit(one).err()).map(|why| why.to_string()).collect();
    let mut chosen = wanted.algorithm;
    let select = |ui: &mut Ui| {
        let field = SelectField::new("Algorithm", &mut chosen, &offered).not_offered(&why);
        field.show(ui, |algorithm| algorithm.text().to_owned())
    };
    let is_changed = line(ui, "Algorithm", select).changed();
    if is_changed {
        bench.algorithm = Some(chosen);
    }
    is_changed
}

/// What the input is written in, and whether it is hashed first.
fn choose_form(ui: &mut Ui, bench: &mut Workbench, wanted: &Wanted<'_>) -> bool {
    const WAYS: [(Option<Form>, &str); 4] = [
        (Some(Form::Text), Form::Text.title()),
        (Some(Form::Hex), Form::Hex.title()),
        (Some(Form::Base64Url), Form::Base64Url.title()),
        (None, "File"),
    ];
    let mut is_changed = false;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(space::M, space::S);
        let mut way = (bench.source == Source::Typed).then_some(bench.input.form());
        if Segmented::new("Input as", &mut way, &WAYS).show(ui).changed() {
            is_changed = true;
            bench.source = if way.is_some() { Source::Typed } else { Source::File };
            if let Some(form) = way {
                bench.input.turn(form);
            }
        }
        if wanted.hashes() && bench.source == Source::Typed {
            const CHOICES: [(Hashing, &str); 2] = [(Hashing::Message, "Message"), (Hashing::Digest, "Digest")];
            if Segmented::new("What is signed", &mut bench.hashing, &CHOICES).show(ui).changed() {
                is_changed = true;
                if bench.hashing == Hashing::Digest && bench.input.is_empty() {
                    bench.input.turn(Form::Hex);
                }
            }
        }
    });
    is_changed
}

/// `UTF-8 · 27 of 318 bytes`; empty where what is typed are no bytes.
fn count(input: &BytesField, needed: InputLength) -> String {
    let Ok(bytes) = input.bytes() else { return String::new() };
    let found = grouped(bytes.len());
    let of = match needed {
        InputLength::AtMost(most) | InputLength::Exactly(most) => format!(" of {}", grouped(most)),
        InputLength::Any | InputLength::Blocks(..) => String::new(),
    };
    let word = if bytes.len() == 1 && of.is_empty() { "byte" } else { "bytes" };
    format!("{} · {found}{of} {word}", input.form().word())
}
