//! How soon a passphrase is guessed.

use zxcvbn::{
    Score,
    feedback::{Suggestion, Warning},
    zxcvbn,
};

/// How a passphrase stands up to somebody who guesses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strength {
    /// 0 to 4, each some hundredfold to ten-thousandfold harder than the one before.
    pub score: u8,
    /// What is wrong with it, or what would make it better.
    pub advice: Option<&'static str>,
}

impl Strength {
    /// A store is made with no less: more than 10⁸ guesses. At 64 MiB and three passes each, somebody with a thousand cores is then
    /// busy for hours; with 10¹⁰, the next step, for weeks.
    pub const LEAST_SCORE: u8 = 3;

    /// Words that stand in the name of every store: they make none harder to guess.
    const KNOWN: [&str; 5] = ["tresor", "azure", "keyvault", "vault", "secret"];

    /// Of `passphrase`. Only its first 100 characters count, so that a long one takes no longer than some milliseconds.
    pub fn of(passphrase: &str) -> Self {
        let found = zxcvbn(passphrase, &Self::KNOWN);
        let score = match found.score() {
            Score::Zero => 0,
            Score::One => 1,
            Score::Two => 2,
            Score::Three => 3,
            _ => 4,
        };
        let advice = found.feedback().and_then(|feedback| {
            let first = feedback.suggestions().first().copied();
            feedback.warning().map(warned).or_else(|| first.map(suggested))
        });
        Self { score, advice }
    }

    /// Whether a store is made with it.
    pub const fn is_enough(self) -> bool {
        self.score >= Self::LEAST_SCORE
    }

    /// The score in words.
    pub const fn word(self) -> &'static str {
        match self.score {
            0 => "Very weak",
            1 => "Weak",
            2 => "Still weak",
            3 => "Good",
            _ => "Strong",
        }
    }

    /// Why no store is made with it; `None` where one is.
    pub fn problem(self) -> Option<String> {
        let advice = self.advice.unwrap_or("Add another word or two that nobody expects");
        (!self.is_enough()).then(|| format!("This passphrase is guessed too soon. {advice}."))
    }
}

fn warned(warning: Warning) -> &'static str {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
            "Keys that lie beside each other are tried first"
        }
        Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            "Repeating something hardly makes it harder"
        }
        Warning::ThisIsATop10Password | Warning::ThisIsATop100Password | Warning::ThisIsACommonPassword => {
            "Many people use this one, so it is tried first"
        }
        Warning::ThisIsSimilarToACommonlyUsedPassword => "It is much like one that many people use",
        Warning::SequencesLikeAbcAreEasyToGuess => "Sequences like abc or 6543 are tried first",
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => "Dates and years are tried early",
        Warning::AWordByItselfIsEasyToGuess => "One word is not enough; four or more are",
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess | Warning::CommonNamesAndSurnamesAreEasyToGuess => {
            "Names are tried early"
        }
    }
}

fn suggested(suggestion: Suggestion) -> &'static str {
    match suggestion {
        Suggestion::UseAFewWordsAvoidCommonPhrases | Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters => {
            "Four or more words that do not belong together are best"
        }
        Suggestion::AddAnotherWordOrTwo => "Add another word or two that nobody expects",
        Suggestion::CapitalizationDoesntHelpVeryMuch | Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => {
            "Capital letters hardly help; more words do"
        }
        Suggestion::ReversedWordsArentMuchHarderToGuess => "Words written backwards hardly help; more words do",
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => "Writing @ for a hardly helps; more words do",
        Suggestion::UseALongerKeyboardPatternWithMoreTurns => "Keys that lie beside each other are tried first",
        Suggestion::AvoidRepeatedWordsAndCharacters => "Repeating something hardly makes it harder",
        Suggestion::AvoidSequences => "Sequences like abc or 6543 are tried first",
        Suggestion::AvoidRecentYears
        | Suggestion::AvoidYearsThatAreAssociatedWithYou
        | Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => "Dates and years are tried early",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_first_is_weak_and_words_that_do_not_belong_together_are_not() {
        for weak in ["", "password", "tresor", "azure2026", "qwertzuiop", "aaaaaaaaaaaa", "P@ssw0rd!", "Hamburg1"] {
            let strength = Strength::of(weak);
            assert!(!strength.is_enough() && strength.problem().is_some(), "{weak}: {strength:?}");
        }
        for strong in ["correct horse battery", "nine purple teapots sing", "8fJ3!qLz0pX"] {
            let strength = Strength::of(strong);
            assert!(strength.is_enough() && strength.problem().is_none(), "{strong}: {strength:?}");
        }
        let problem = Strength::of("password").problem().unwrap_or_default();
        assert_eq!(problem, "This passphrase is guessed too soon. Many people use this one, so it is tried first.");
    }

    #[test]
    fn a_very_long_passphrase_takes_no_longer_to_look_at() {
        assert_eq!(
            Strength::of(&"many words and no end ".repeat(50_000)).score,
            Strength::of("many words and no end many words and").score
        );
    }
}
