//! Makes values nobody can guess: random characters or random words.
//!
//! Randomness is an argument, so that the rules can be tested; the rest of the program passes the system's generator. Every
//! result of a recipe is equally likely: what breaks a rule is thrown away whole and drawn again, never repaired.

use std::sync::LazyLock;

use zeroize::Zeroizing;

/// What to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipe {
    /// Characters of the chosen classes, at least one of each.
    Characters {
        /// How many characters.
        length: Length,
        /// Which classes they come from.
        classes: Classes,
        /// Whether `0 O o 1 l I |` are left out, for values that are read aloud or typed off paper.
        look_alikes: LookAlikes,
    },
    /// Words of the EFF large list, which are easy to read and to type.
    Words {
        /// How many words.
        count: WordCount,
        /// What stands between them.
        separator: Separator,
        /// Whether each word starts with a capital letter.
        capitals: Capitals,
        /// Whether a digit follows one of the words.
        digit: Digit,
    },
}

/// A number of characters, from [`Length::MIN`] to [`Length::MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Length(u16);

/// A number of words, from [`WordCount::MIN`] to [`WordCount::MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WordCount(u8);

/// A class of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `a` to `z`
    Lower,
    /// `A` to `Z`
    Upper,
    /// `0` to `9`
    Digits,
    /// ASCII punctuation without quotes, backtick and backslash, so that a value survives being quoted in a shell or a file.
    Symbols,
}

/// A choice of character classes; never none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classes(u8);

/// Whether characters that are mistaken for one another may occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookAlikes {
    /// All characters of the classes.
    Allowed,
    /// All but `0 O o 1 l I |`.
    Avoided,
}

/// What stands between words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// `-`
    Hyphen,
    /// A space.
    Space,
    /// `.`
    Dot,
    /// `_`
    Underscore,
    /// Nothing. No word of the list begins another, so nothing is lost by it.
    Nothing,
}

/// How words begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capitals {
    /// As in the list: lower case.
    None,
    /// The first letter of each word is upper case.
    EachWord,
}

/// Whether a digit is added, for rules that ask for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digit {
    /// Words alone.
    None,
    /// A random digit after a randomly chosen word.
    AfterOneWord,
}

/// Fills a buffer with bytes nobody can predict.
pub type Random<'a> = dyn FnMut(&mut [u8]) + 'a;

/// Makes a value by the recipe. It is wiped when dropped, and so is each value that was thrown away on the way.
///
/// # Panics
///
/// When `random` is stuck (say, fills every buffer with zeros): no value is better than one that can be guessed.
pub fn generate(recipe: &Recipe, random: &mut Random<'_>) -> Zeroizing<String> {
    match *recipe {
        Recipe::Characters { length, classes, look_alikes } => characters(length, classes, look_alikes, random),
        Recipe::Words { count, separator, capitals, digit } => words(count, separator, capitals, digit, random),
    }
}

/// The base-2 logarithm of the number of values the recipe can make, all of which are equally likely.
pub fn bits_of_entropy(recipe: &Recipe) -> f64 {
    match *recipe {
        Recipe::Characters { length, classes, look_alikes } => {
            let sizes: Vec<usize> = classes.iter().map(|class| class.alphabet(look_alikes).count()).collect();
            let total = sizes.iter().sum::<usize>() as f64;
            // The share of strings that have each class, by inclusion and exclusion over the classes that are missing.
            let share: f64 = (0..1_u32 << sizes.len())
                .map(|missing| {
                    let left_out: usize =
                        sizes.iter().enumerate().filter(|(at, _)| missing >> at & 1 == 1).map(|(_, size)| size).sum();
                    let sign = if missing.count_ones() % 2 == 0 { 1.0 } else { -1.0 };
                    sign * (1.0 - left_out as f64 / total).powi(i32::from(length.0))
                })
                .sum();
            f64::from(length.0) * total.log2() + share.log2()
        }
        Recipe::Words { count, digit, separator: _, capitals: _ } => {
            let words = f64::from(count.0) * (WORDS.len() as f64).log2();
            match digit {
                Digit::None => words,
                Digit::AfterOneWord => words + (10.0 * f64::from(count.0)).log2(),
            }
        }
    }
}

impl Length {
    /// The shortest: one of each class fits.
    pub const MIN: usize = 4;
    /// The longest.
    pub const MAX: usize = 256;

    /// The number, if it is within bounds.
    pub fn new(characters: usize) -> Option<Self> {
        (Self::MIN..=Self::MAX).contains(&characters).then_some(Self(characters as u16))
    }

    /// How many characters.
    pub fn get(self) -> usize {
        usize::from(self.0)
    }
}

impl WordCount {
    /// The fewest words.
    pub const MIN: usize = 3;
    /// The most words.
    pub const MAX: usize = 12;

    /// The number, if it is within bounds.
    pub fn new(words: usize) -> Option<Self> {
        (Self::MIN..=Self::MAX).contains(&words).then_some(Self(words as u8))
    }

    /// How many words.
    pub fn get(self) -> usize {
        usize::from(self.0)
    }
}

impl Class {
    /// Every class, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Lower, Self::Upper, Self::Digits, Self::Symbols];

    fn bit(self) -> u8 {
        1 << self as u8
    }

    fn alphabet(self, look_alikes: LookAlikes) -> impl Iterator<Item = char> {
        let all = match self {
            Self::Lower => "abcdefghijklmnopqrstuvwxyz",
            Self::Upper => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            Self::Digits => "0123456789",
            Self::Symbols => "!#$%&()*+,-./:;<=>?@[]^_{|}~",
        };
        all.chars().filter(move |&c| look_alikes == LookAlikes::Allowed || !"0Oo1lI|".contains(c))
    }
}

impl Classes {
    /// Lower case, upper case, digits and symbols.
    pub const ALL: Self = Self(0b1111);

    /// The choice of these classes; `None` when there is none.
    pub fn new(chosen: &[Class]) -> Option<Self> {
        let bits = chosen.iter().fold(0, |bits, class| bits | class.bit());
        (bits != 0).then_some(Self(bits))
    }

    /// Whether the class is chosen.
    pub fn contains(self, class: Class) -> bool {
        self.0 & class.bit() != 0
    }

    /// The choice with this class switched over; the last one stays on.
    #[must_use]
    pub fn toggled(self, class: Class) -> Self {
        let bits = self.0 ^ class.bit();
        if bits == 0 { self } else { Self(bits) }
    }

    /// The chosen classes.
    pub fn iter(self) -> impl Iterator<Item = Class> {
        Class::ALL.into_iter().filter(move |&class| self.contains(class))
    }
}

impl Separator {
    /// Every separator, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Hyphen, Self::Space, Self::Dot, Self::Underscore, Self::Nothing];

    /// The separator itself.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hyphen => "-",
            Self::Space => " ",
            Self::Dot => ".",
            Self::Underscore => "_",
            Self::Nothing => "",
        }
    }
}

/// How often a draw may be thrown away. The least likely rule (four characters, one of each of four classes) is met by one draw
/// in 15, so with real randomness this bound is never reached.
const MAX_DRAWS: usize = 100_000;

static WORDS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("../../assets/words/eff_large.txt").lines().collect());

fn characters(length: Length, classes: Classes, look_alikes: LookAlikes, random: &mut Random<'_>) -> Zeroizing<String> {
    let alphabet: Vec<char> = classes.iter().flat_map(|class| class.alphabet(look_alikes)).collect();
    for _ in 0..MAX_DRAWS {
        let mut value = Zeroizing::new(String::with_capacity(length.get()));
        for _ in 0..length.get() {
            value.push(alphabet[below(alphabet.len(), random)]);
        }
        if classes.iter().all(|class| class.alphabet(look_alikes).any(|c| value.contains(c))) {
            return value;
        }
    }
    panic!("the source of randomness is stuck");
}

fn words(
    count: WordCount,
    separator: Separator,
    capitals: Capitals,
    digit: Digit,
    random: &mut Random<'_>,
) -> Zeroizing<String> {
    let digit = match digit {
        Digit::None => None,
        Digit::AfterOneWord => Some((below(count.get(), random), below(10, random))),
    };
    // Room for everything at once: a string that grows leaves its old self behind in memory.
    let longest = WORDS.iter().map(|word| word.len()).max().unwrap_or(0);
    let mut value = Zeroizing::new(String::with_capacity(count.get() * (longest + 1) + 1));
    for at in 0..count.get() {
        if at > 0 {
            value.push_str(separator.as_str());
        }
        let word = WORDS[below(WORDS.len(), random)];
        let (first, rest) = word.split_at(1);
        match capitals {
            Capitals::None => value.push_str(first),
            Capitals::EachWord => value.extend(first.chars().map(|c| c.to_ascii_uppercase())),
        }
        value.push_str(rest);
        if let Some((_, digit)) = digit.filter(|&(after, _)| after == at) {
            value.extend(char::from_digit(digit as u32, 10));
        }
    }
    value
}

/// A number below `bound` (at most 65,536), each as likely as the others: draws past the last whole multiple are thrown away,
/// where a plain remainder would favour the small numbers.
fn below(bound: usize, random: &mut Random<'_>) -> usize {
    const SPAN: usize = 1 << 16;
    for _ in 0..MAX_DRAWS {
        let mut bytes = Zeroizing::new([0; 2]);
        random(bytes.as_mut_slice());
        let draw = usize::from(u16::from_le_bytes(*bytes));
        if draw < SPAN - SPAN % bound {
            return draw % bound;
        }
    }
    panic!("the source of randomness is stuck");
}

#[cfg(test)]
mod tests;
