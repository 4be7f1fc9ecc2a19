//! The part of a form that makes values nobody can guess.

use egui::{Sides, Ui};
use zeroize::Zeroizing;

use crate::{
    service::{
        generator::{
            Capitals, Class, Classes, Digit, Length, LookAlikes, Recipe, Separator, WordCount, bits_of_entropy,
            generate,
        },
        random,
    },
    ui::{
        icons::Icon,
        theme::{Font, Tokens, Tone, size, space},
        widgets::{Badge, Button, Card, Checkbox, Segmented, SelectField, Slider},
    },
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Characters,
    Words,
}

/// What is to be made, and what was made last.
pub(super) struct Generator {
    kind: Kind,
    length: u32,
    classes: Classes,
    avoids_look_alikes: bool,
    count: u32,
    separator: Separator,
    has_capitals: bool,
    has_digit: bool,
    made: Zeroizing<String>,
}

/// What became of the made value in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    /// Nothing.
    AsBefore,
    /// It is another one.
    Anew,
    /// The person is done with making.
    Taken,
}

/// Whether the value in the form may be seen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// It is masked.
    Masked,
    /// The person asked to see it.
    Shown,
}

impl Generator {
    /// Makes a first value by a recipe that suits most uses: 24 characters of all classes.
    pub(super) fn new() -> Self {
        let mut generator = Self {
            kind: Kind::Characters,
            length: 24,
            classes: Classes::ALL,
            avoids_look_alikes: false,
            count: 6,
            separator: Separator::Hyphen,
            has_capitals: false,
            has_digit: false,
            made: Zeroizing::default(),
        };
        generator.make();
        generator
    }

    /// What was made last.
    pub(super) fn made(&self) -> Zeroizing<String> {
        Zeroizing::new(self.made.as_str().to_owned())
    }

    /// Shows the panel.
    pub(super) fn show(&mut self, ui: &mut Ui, sight: Sight) -> Made {
        let before = self.recipe();
        let pressed = Card::new()
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = space::S;
                let kinds = [(Kind::Characters, "Characters"), (Kind::Words, "Words")];
                Segmented::new("Make of", &mut self.kind, &kinds).show(ui);
                match self.kind {
                    Kind::Characters => self.characters(ui),
                    Kind::Words => self.words(ui),
                }
                let is_another = self.recipe() != before;
                if is_another {
                    self.make();
                }
                self.preview(ui, sight);
                let made = self.buttons(ui);
                if is_another && made == Made::AsBefore { Made::Anew } else { made }
            })
            .inner;
        if pressed == Made::Anew && self.recipe() == before {
            self.make();
        }
        pressed
    }

    fn characters(&mut self, ui: &mut Ui) {
        // The bounds are small numbers.
        let bounds = Length::MIN as u32..=Length::MAX as u32;
        let _ = Slider::new("Length", &mut self.length, bounds, "characters").show(ui);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::L;
            for class in Class::ALL {
                let text = match class {
                    Class::Lower => "a–z",
                    Class::Upper => "A–Z",
                    Class::Digits => "0–9",
                    Class::Symbols => "!#$…",
                };
                let mut is_chosen = self.classes.contains(class);
                if ui.add(Checkbox::new(&mut is_chosen, text)).changed() {
                    self.classes = self.classes.toggled(class);
                }
            }
            ui.add(Checkbox::new(&mut self.avoids_look_alikes, "No look-alikes"));
        });
    }

    fn words(&mut self, ui: &mut Ui) {
        let bounds = WordCount::MIN as u32..=WordCount::MAX as u32;
        let _ = Slider::new("Words", &mut self.count, bounds, "words").show(ui);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::L;
            SelectField::new("Between words", &mut self.separator, &Separator::ALL).width(128.0).show(
                ui,
                |separator| {
                    match separator {
                        Separator::Hyphen => "hyphen -",
                        Separator::Space => "space",
                        Separator::Dot => "dot .",
                        Separator::Underscore => "underscore _",
                        Separator::Nothing => "nothing",
                    }
                    .to_owned()
                },
            );
            ui.add(Checkbox::new(&mut self.has_capitals, "Capitals"));
            ui.add(Checkbox::new(&mut self.has_digit, "A digit"));
        });
    }

    fn preview(&self, ui: &mut Ui, sight: Sight) {
        let t = Tokens::of(ui);
        let text = match sight {
            Sight::Masked => "••••••••••••••••",
            Sight::Shown => self.made.as_str(),
        };
        ui.add(egui::Label::new(Font::Mono.text(text).color(t.text)).wrap());
    }

    fn buttons(&self, ui: &mut Ui) -> Made {
        let bits = bits_of_entropy(&self.recipe());
        let (tone, word) = match bits {
            ..50.0 => (Tone::Danger, "weak"),
            ..80.0 => (Tone::Warn, "fair"),
            _ => (Tone::Ok, "strong"),
        };
        let (is_again, is_taken) = Sides::new()
            .height(size::BUTTON_SMALL)
            .show(
                ui,
                |ui| {
                    ui.add(Badge::new(tone, format!("{bits:.0} bits, {word}")));
                },
                |ui| {
                    let is_taken = ui.add(Button::secondary("Use it").icon(Icon::CHECK).small()).clicked();
                    let is_again = ui.add(Button::ghost("Regenerate").icon(Icon::REFRESH).small()).clicked();
                    (is_again, is_taken)
                },
            )
            .1;
        match (is_taken, is_again) {
            (true, _) => Made::Taken,
            (false, true) => Made::Anew,
            (false, false) => Made::AsBefore,
        }
    }

    fn recipe(&self) -> Recipe {
        let bounded = |number: u32, least: usize, most: usize| (number as usize).clamp(least, most);
        match self.kind {
            Kind::Characters => Recipe::Characters {
                length: Length::new(bounded(self.length, Length::MIN, Length::MAX)).expect("it is within bounds"),
                classes: self.classes,
                look_alikes: if self.avoids_look_alikes { LookAlikes::Avoided } else { LookAlikes::Allowed },
            },
            Kind::Words => Recipe::Words {
                count: WordCount::new(bounded(self.count, WordCount::MIN, WordCount::MAX))
                    .expect("it is within bounds"),
                separator: self.separator,
                capitals: if self.has_capitals { Capitals::EachWord } else { Capitals::None },
                digit: if self.has_digit { Digit::AfterOneWord } else { Digit::None },
            },
        }
    }

    fn make(&mut self) {
        self.made = generate(&self.recipe(), &mut |bytes| random::fill(bytes));
    }
}
