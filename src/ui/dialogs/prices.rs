//! What Key Vault charges the person.

use egui::{Context, Grid, vec2};

use super::{Dialog, Waiting};
use crate::{
    domain::cost::{Amount, Prices},
    ui::{
        action::{Action, Toast},
        icons::Icon,
        scene::Scene,
        settings::Settings,
        theme::{Font, Tokens, Tone, space},
        widgets::{self, Button, TextField, rich_label},
    },
};

/// What a price is for, and where it stands.
type Price = (&'static str, fn(&mut Prices) -> &mut Amount);

/// Each price.
const PRICES: [Price; 7] = [
    ("10,000 operations", |prices| &mut prices.operations),
    ("10,000 operations on advanced keys", |prices| &mut prices.advanced_operations),
    ("RSA 2048 key in an HSM, a month", |prices| &mut prices.hsm_key),
    ("Other key in an HSM, a month: the first 250", |prices| &mut prices.hsm_advanced_key),
    ("The next, up to 1,500", |prices| &mut prices.hsm_advanced_key_to_1500),
    ("The next, up to 4,000", |prices| &mut prices.hsm_advanced_key_to_4000),
    ("Each beyond", |prices| &mut prices.hsm_advanced_key_beyond),
];

/// Asks for each price.
pub(in crate::ui) struct EditPrices {
    typed: [String; PRICES.len()],
    was_shown: bool,
}

impl EditPrices {
    /// Proposes what holds now.
    pub(in crate::ui) fn new(scene: &Scene<'_>) -> Self {
        Self { typed: texts(scene.settings.prices), was_shown: false }
    }

    fn prices(&self) -> Option<Prices> {
        let mut prices = Prices::default();
        for (typed, (_, price)) in self.typed.iter().zip(PRICES) {
            *price(&mut prices) = Amount::parse(typed)?;
        }
        Some(prices)
    }
}

fn texts(mut prices: Prices) -> [String; PRICES.len()] {
    PRICES.map(|(_, price)| price(&mut prices).to_string())
}

impl Dialog for EditPrices {
    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, _waiting: &Waiting, actions: &mut Vec<Action>) {
        let prices = self.prices();
        let why_not = prices.is_none().then(|| "Type each price as a number, such as 0.03".to_owned());
        let takes_focus = !std::mem::replace(&mut self.was_shown, true);
        let answer = widgets::Dialog::new("prices", "Prices").icon(Icon::TAG, Tone::Accent).width(520.0).show(
            ctx,
            |ui| {
                let dim = Tokens::of(ui).dim;
                let says = "In your currency, as your contract says. The proposed ones are Key Vault's public prices in US dollars.";
                rich_label(ui, Font::Body.text(says).color(dim));
                Grid::new("prices").num_columns(2).spacing(vec2(space::L, space::S)).show(ui, |ui| {
                    for (place, (typed, (name, _))) in self.typed.iter_mut().zip(PRICES).enumerate() {
                        ui.label(Font::Body.text(name));
                        // The border tells which is wrong, the button says what.
                        let warning = Amount::parse(typed).is_none().then_some("");
                        let field = TextField::new(typed).name(name).width(120.0).warning(warning);
                        ui.add(field.focus(takes_focus && place == 0));
                        ui.end_row();
                    }
                });
            },
            |ui| {
                let is_sent = ui.add(Button::primary("Save").disabled_because(why_not.clone())).clicked();
                let is_cancelled = ui.add(Button::secondary("Cancel")).clicked();
                let is_reset = ui.add(Button::ghost("As proposed")).clicked();
                (is_sent, is_cancelled, is_reset)
            },
        );
        let (is_sent, is_cancelled, is_reset) = answer.footer;
        if is_reset {
            self.typed = texts(Prices::default());
        } else if answer.should_close || is_cancelled {
            actions.push(Action::CloseDialog);
        } else if let (true, Some(prices)) = (is_sent || answer.is_submitted, prices) {
            actions.push(Action::Set(Settings { prices, ..scene.settings.clone() }));
            actions.push(Action::Toast(Toast::good("Prices saved")));
            actions.push(Action::Finish);
        }
    }
}
