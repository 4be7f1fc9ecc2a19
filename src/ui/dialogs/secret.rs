//! A new secret, or a new version of one.

use egui::{Align, Context, Key, Layout, Sense, Sides, Ui, UiBuilder, vec2};

use super::{
    Dialog, Typed, Waiting,
    attributes::Attributes,
    generate::{Generator, Made, Sight},
    name_field::{Adds, NameField, Named},
};
use crate::{
    domain::{
        ObjectName, Operation, Refusal, SecretValue, SecretVersion, Target, Vault, VaultName, secret::MOST_VALUE_BYTES,
        soft_delete::Kind,
    },
    service::{Command, Reply},
    ui::{
        action::{Action, After},
        icons::Icon,
        route::{Route, Tab},
        scene::Scene,
        theme::{Font, Tokens, size, space},
        typed::{FormId, SecretText},
        widgets::{self, Button, IconButton, TagsEditor, TextField, key_value, spinner},
        words,
    },
};

/// The form for a value.
pub(in crate::ui) struct SecretDialog {
    form: FormId,
    vault: VaultName,
    /// The secret that gets a version; `None`: its name is typed.
    of: Option<ObjectName>,
    name: NameField,
    value: SecretText,
    value_problem: Option<Refusal>,
    characters: usize,
    sight: Sight,
    making: Option<Making>,
    empty: Empty,
    attributes: Attributes,
    has_more: bool,
    was_tried: bool,
    was_shown: bool,
}

/// A value is being made. It is the form's value, so that what is shown is what is sent.
struct Making {
    generator: Generator,
    /// What was in the form before, and is again when nothing is made.
    before: SecretText,
}

/// A value of no characters is rarely meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Empty {
    /// It has to be asked.
    Unasked,
    /// It was asked; whoever goes on means it.
    Asked,
}

impl SecretDialog {
    /// Asks for a new secret in `vault`.
    pub(in crate::ui) fn new_secret(vault: VaultName) -> Self {
        Self {
            form: FormId::fresh(),
            vault,
            of: None,
            name: NameField::new(Kind::Secret),
            value: SecretText::default(),
            value_problem: None,
            characters: 0,
            sight: Sight::Masked,
            making: None,
            empty: Empty::Unasked,
            attributes: Attributes::default(),
            has_more: false,
            was_tried: false,
            was_shown: false,
        }
    }

    /// Asks for a new version of the secret `name`, described like `current` but for its dates.
    pub(in crate::ui) fn new_version(vault: VaultName, name: ObjectName, current: &SecretVersion) -> Self {
        Self {
            name: NameField::with(Kind::Secret, &name),
            of: Some(name),
            attributes: Attributes::after(current),
            ..Self::new_secret(vault)
        }
    }

    fn name_field(&mut self, ui: &mut Ui, scene: &Scene<'_>, vault: Option<&Vault>, actions: &mut Vec<Action>) {
        if let Some(name) = &self.of {
            key_value(ui, "Secret", Some(name.as_str()));
        } else {
            let adds = if self.value.expose().is_empty() { Adds::Nothing } else { Adds::Something };
            self.name.show(ui, scene, vault, (self.was_tried, !self.was_shown), adds, actions);
        }
    }

    fn value_field(&mut self, ui: &mut Ui) {
        let id = ui.make_persistent_id("value");
        ui.spacing_mut().item_spacing.y = 5.0;
        let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::BUTTON_SMALL), Sense::hover());
        let problem = self.value_problem.as_ref().map(|refusal| refusal.sentence(crate::domain::Zone::Utc));
        let counted = words::counted(self.characters, "character");
        let grouped = crate::domain::refusal::grouped;
        let bytes = format!("{} of {} bytes", grouped(self.value.expose().len()), grouped(MOST_VALUE_BYTES));
        let takes_focus = !self.was_shown && self.of.is_some();
        let mut field = TextField::new(&mut self.value)
            .name("Value")
            .hint("Shift and Enter begin a new line")
            .id(id)
            .mono()
            .rows(3)
            .secret()
            .enter_is_done()
            .focus(takes_focus)
            .error(problem.as_deref())
            .note(&counted)
            .note_right(&bytes);
        if self.sight == Sight::Masked {
            field = field.password();
        }
        if self.empty == Empty::Asked {
            field = field.warning(Some("The value is empty. Go on if that is what you mean."));
        }
        if ui.add(field).changed() {
            // Whoever types makes the value themselves.
            self.making = None;
            self.measure();
        }
        // After the field, so that Tab leads from the name straight into the value.
        let mut head = ui.new_child(UiBuilder::new().max_rect(head).id_salt("head"));
        self.value_head(&mut head);
        if let Some(making) = &mut self.making {
            match making.generator.show(ui, self.sight) {
                Made::AsBefore => {}
                Made::Anew => {
                    self.value.set(making.generator.made());
                    self.measure();
                }
                Made::Taken => self.making = None,
            }
        }
    }

    /// Begins to make a value, which is the form's from now on.
    fn begin_making(&mut self) {
        let generator = Generator::new();
        let before = std::mem::take(&mut self.value);
        self.value.set(generator.made());
        self.making = Some(Making { generator, before });
        self.measure();
    }

    /// Ends it with what was there before. Whether there was anything to end.
    fn end_making(&mut self) -> bool {
        let Some(making) = self.making.take() else { return false };
        self.value = making.before;
        self.measure();
        true
    }

    fn value_head(&mut self, ui: &mut Ui) {
        let (is_seen, is_generated) = Sides::new()
            .height(size::BUTTON_SMALL)
            .show(
                ui,
                |ui| ui.label(Font::Body.text("Value").color(Tokens::of(ui).dim)),
                |ui| {
                    ui.spacing_mut().item_spacing.x = space::XS;
                    let (icon, name) = match self.sight {
                        Sight::Masked => (Icon::EYE, "Show the value"),
                        Sight::Shown => (Icon::EYE_OFF, "Hide the value"),
                    };
                    let eye = IconButton::new(icon, name).small().selected(self.sight == Sight::Shown);
                    let is_seen = ui.add(eye).clicked();
                    (is_seen, ui.add(Button::ghost("Generate…").icon(Icon::DICES).small()).clicked())
                },
            )
            .1;
        if is_seen {
            self.sight = if self.sight == Sight::Masked { Sight::Shown } else { Sight::Masked };
        }
        if is_generated && !self.end_making() {
            self.begin_making();
        }
    }

    fn measure(&mut self) {
        self.empty = Empty::Unasked;
        self.characters = self.value.expose().chars().count();
        self.value_problem = SecretValue::parse(self.value.duplicate()).err();
    }

    fn page(&self) -> Route {
        Route::Vault(self.vault.clone(), Tab::Secrets)
    }

    /// What is sent, or why it cannot be yet.
    fn action(&self, scene: &Scene<'_>, vault: Option<&Vault>) -> Result<Action, String> {
        let refused = |refusal: Refusal| refusal.sentence(scene.zone);
        let (name, toast) = match self.name.named(vault) {
            Named::Bad(problem) => return Err(problem),
            Named::Held(_, refusal) => return Err(refused(refusal)),
            Named::Live(name, _) => (name.clone(), format!("New version of {name} set")),
            Named::Free(name) => (name.clone(), format!("{name} created")),
        };
        let target = Target::Object(self.vault.clone(), name.clone());
        if let Some(why_not) = scene.why_not(Operation::SecretSet, &target) {
            return Err(why_not);
        }
        let draft = self.attributes.draft(scene.zone)?;
        let value = SecretValue::parse(self.value.duplicate()).map_err(refused)?;
        let after = After::say(toast).closing().going(self.page()).selecting(name.clone());
        Ok(Action::Do(Command::SetSecret(self.vault.clone(), name, draft, value), after))
    }

    /// Why nothing can be sent, without a copy of the value for every frame.
    fn problem(&self, scene: &Scene<'_>, vault: Option<&Vault>) -> Option<String> {
        let refused = |refusal: &Refusal| refusal.sentence(scene.zone);
        let of_name = match self.name.named(vault) {
            Named::Bad(problem) => Some(problem),
            Named::Held(_, refusal) => Some(refused(&refusal)),
            Named::Live(..) | Named::Free(_) => None,
        };
        of_name
            .or_else(|| scene.why_not(Operation::SecretSet, &Target::Vault(self.vault.clone())))
            .or_else(|| self.value_problem.as_ref().map(refused))
            .or_else(|| self.attributes.draft(scene.zone).err())
    }
}

impl Dialog for SecretDialog {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, waiting: &Waiting, actions: &mut Vec<Action>) {
        let vault = scene.view.world.vaults.get(&self.vault).map(AsRef::as_ref);
        let is_version = matches!(self.name.named(vault), Named::Live(..));
        let title = if self.of.is_some() { "New version" } else { "New secret" };
        let primary = match (self.empty, is_version) {
            (Empty::Asked, true) => "Add an empty version",
            (Empty::Asked, false) => "Create it empty",
            (Empty::Unasked, true) => "Add version",
            (Empty::Unasked, false) => "Create secret",
        };
        let problem = self.problem(scene, vault);
        let has_more = self.has_more;
        let answer = widgets::Dialog::new("secret", title).error(waiting.error()).show(
            ctx,
            |ui| {
                ui.push_id(self.form, |ui| {
                    self.name_field(ui, scene, vault, actions);
                    ui.scope(|ui| self.value_field(ui));
                    self.attributes.type_and_expiry(ui, scene);
                    if self.has_more {
                        self.attributes.more(ui, scene);
                    }
                });
            },
            |ui| {
                let is_sent = ui.add(Button::primary(primary).disabled_because(problem.as_ref())).clicked();
                let is_cancelled = ui.add(Button::secondary("Cancel")).clicked();
                if waiting.is_busy() {
                    spinner(ui, "Saving");
                }
                let fold = ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let icon = if has_more { Icon::CHEVRON_DOWN } else { Icon::CHEVRON_RIGHT };
                    ui.add(Button::ghost("Tags, activation date, enabled").icon(icon)).clicked()
                });
                (is_sent, is_cancelled, fold.inner)
            },
        );
        self.was_shown = true;
        let (is_sent, is_cancelled, is_folded) = answer.footer;
        if is_folded {
            self.has_more = !self.has_more;
        }
        let is_submitted =
            answer.is_submitted || ctx.input(|input| input.modifiers.command && input.key_pressed(Key::Enter));
        if answer.should_close && !is_cancelled && self.end_making() {
            // Esc closes what was opened last.
        } else if answer.should_close || is_cancelled {
            actions.push(Action::CloseDialog);
        } else if self.name.takes_version(vault)
            || (is_sent || is_submitted) && !waiting.is_busy() && !TagsEditor::took_enter(ctx)
        {
            self.was_tried = true;
            match self.action(scene, vault) {
                Ok(_) if self.value.expose().is_empty() && self.empty == Empty::Unasked => self.empty = Empty::Asked,
                Ok(action) => actions.push(action),
                Err(_) => {}
            }
        }
    }

    fn answered(&mut self, _: Reply) {
        self.name.answered();
    }

    fn would_lose(&self, typed: Typed) -> bool {
        typed == Typed::Something && !(self.name.is_empty() && self.value.expose().is_empty() && !self.has_more)
            || !self.value.expose().is_empty()
    }
}
