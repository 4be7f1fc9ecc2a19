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
mod tests {
    use std::collections::{HashMap, HashSet};

    use proptest::prelude::*;

    use super::*;

    /// A repeatable stand-in for the system's generator: `SplitMix64`.
    fn repeatable(mut state: u64) -> impl FnMut(&mut [u8]) {
        move |buffer| {
            for byte in buffer {
                state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                let mut z = state;
                z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                *byte = (z ^ (z >> 31)) as u8;
            }
        }
    }

    fn characters_of(length: usize, classes: Classes, look_alikes: LookAlikes) -> Recipe {
        Recipe::Characters { length: Length::new(length).unwrap(), classes, look_alikes }
    }

    fn words_of(count: usize, separator: Separator, capitals: Capitals, digit: Digit) -> Recipe {
        Recipe::Words { count: WordCount::new(count).unwrap(), separator, capitals, digit }
    }

    /// Pearson's statistic divided by its degrees of freedom: near 1 for a fair source, large for a biased one.
    fn unevenness(counts: &[u32]) -> f64 {
        let expected = f64::from(counts.iter().sum::<u32>()) / counts.len() as f64;
        let sum: f64 = counts.iter().map(|&n| (f64::from(n) - expected).powi(2) / expected).sum();
        sum / (counts.len() - 1) as f64
    }

    fn any_classes() -> impl Strategy<Value = Classes> {
        (1_u8..16).prop_map(Classes)
    }

    fn any_look_alikes() -> impl Strategy<Value = LookAlikes> {
        prop_oneof![Just(LookAlikes::Allowed), Just(LookAlikes::Avoided)]
    }

    proptest! {
        #[test]
        fn characters_have_the_length_and_one_of_each_class_and_nothing_else(
            seed: u64, length in Length::MIN..=Length::MAX, classes in any_classes(), look_alikes in any_look_alikes(),
        ) {
            let value = generate(&characters_of(length, classes, look_alikes), &mut repeatable(seed));
            prop_assert_eq!(value.chars().count(), length);
            for class in Class::ALL {
                let found = class.alphabet(LookAlikes::Allowed).any(|c| value.contains(c));
                prop_assert_eq!(found, classes.contains(class), "{:?} in {}", class, value.as_str());
            }
            if look_alikes == LookAlikes::Avoided {
                prop_assert!(!value.contains(['0', 'O', 'o', '1', 'l', 'I', '|']));
            }
        }

        #[test]
        fn words_come_from_the_list_in_the_chosen_shape(
            seed: u64, count in WordCount::MIN..=WordCount::MAX, capitalised: bool, with_digit: bool,
        ) {
            let capitals = if capitalised { Capitals::EachWord } else { Capitals::None };
            let digit = if with_digit { Digit::AfterOneWord } else { Digit::None };
            let value = generate(&words_of(count, Separator::Space, capitals, digit), &mut repeatable(seed));
            prop_assert_eq!(value.split(' ').count(), count);
            prop_assert_eq!(value.chars().filter(char::is_ascii_digit).count(), usize::from(with_digit));
            for word in value.split(' ') {
                let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
                prop_assert_eq!(word.starts_with(|c: char| c.is_ascii_uppercase()), capitalised, "{}", word);
                prop_assert!(WORDS.contains(&word.to_lowercase().as_str()), "{}", word);
            }
        }
    }

    #[test]
    fn every_number_below_the_bound_is_equally_likely() {
        for bound in [10, 62, 90, 7776] {
            let mut random = repeatable(7);
            let mut counts = vec![0; bound];
            for _ in 0..bound * 200 {
                counts[below(bound, &mut random)] += 1;
            }
            let unevenness = unevenness(&counts);
            assert!((0.4..1.9).contains(&unevenness), "below {bound}: {unevenness}");
        }
    }

    #[test]
    fn the_measure_of_evenness_notices_a_bias() {
        // One byte, remainder, no rejection: 0 to 75 come up three times for every two of the rest.
        let mut random = repeatable(7);
        let mut counts = vec![0; 90];
        for _ in 0..90 * 200 {
            let mut byte = [0];
            random(&mut byte);
            counts[usize::from(byte[0]) % 90] += 1;
        }
        assert!(unevenness(&counts) > 3.0, "{}", unevenness(&counts));
    }

    #[test]
    fn draws_past_the_last_whole_multiple_are_thrown_away() {
        // 65,536 = 6 × 10,922 + 4: the last four draws would favour 0 to 3.
        let mut draws = [0xFFFF_u16, 0xFFFC, 0xFFFB].into_iter();
        let drawn = below(6, &mut |buffer| buffer.copy_from_slice(&draws.next().unwrap().to_le_bytes()));
        assert_eq!(drawn, 5);
        assert_eq!(draws.next(), None);
    }

    #[test]
    fn each_place_sees_each_character_equally_often() {
        // Repairing a string until it has each class would show here as a bias of one place.
        let recipe = characters_of(4, Classes::new(&[Class::Lower, Class::Digits]).unwrap(), LookAlikes::Allowed);
        let mut random = repeatable(3);
        let mut digits_at = [0_u32; 4];
        for _ in 0..20_000 {
            for (at, c) in generate(&recipe, &mut random).chars().enumerate() {
                digits_at[at] += u32::from(c.is_ascii_digit());
            }
        }
        let unevenness = unevenness(&digits_at);
        assert!(unevenness < 5.0, "{digits_at:?}: {unevenness}");
    }

    #[test]
    fn entropy_is_the_logarithm_of_the_number_of_values() {
        let digits = Classes::new(&[Class::Digits]).unwrap();
        let bits = bits_of_entropy(&characters_of(4, digits, LookAlikes::Allowed));
        assert!((bits - 10_000_f64.log2()).abs() < 1e-9, "{bits}");
        // Counted by hand: 36^4 strings, less those without a digit and those without a letter.
        let both = Classes::new(&[Class::Lower, Class::Digits]).unwrap();
        let bits = bits_of_entropy(&characters_of(4, both, LookAlikes::Allowed));
        assert!((bits - f64::from(36_u32.pow(4) - 26_u32.pow(4) - 10_u32.pow(4)).log2()).abs() < 1e-9, "{bits}");
        // Four characters of four classes: one of each, in any of 24 orders.
        let bits = bits_of_entropy(&characters_of(4, Classes::ALL, LookAlikes::Allowed));
        assert!((bits - f64::from(24 * 26 * 26 * 10 * 28).log2()).abs() < 1e-6, "{bits}");
        let bits = bits_of_entropy(&words_of(6, Separator::Hyphen, Capitals::EachWord, Digit::None));
        assert!((bits - 6.0 * 7776_f64.log2()).abs() < 1e-9, "{bits}");
        let with_digit = bits_of_entropy(&words_of(6, Separator::Hyphen, Capitals::EachWord, Digit::AfterOneWord));
        assert!((with_digit - bits - 60_f64.log2()).abs() < 1e-9, "{with_digit}");
        assert!(bits_of_entropy(&characters_of(256, Classes::ALL, LookAlikes::Avoided)).is_finite());
    }

    #[test]
    fn all_values_of_a_small_recipe_occur() {
        let recipe = characters_of(4, Classes::new(&[Class::Digits]).unwrap(), LookAlikes::Avoided);
        let mut random = repeatable(11);
        let mut seen = HashMap::<String, u32>::new();
        for _ in 0..8_usize.pow(4) * 20 {
            *seen.entry(generate(&recipe, &mut random).to_string()).or_default() += 1;
        }
        assert_eq!(seen.len(), 8_usize.pow(4));
        assert!((bits_of_entropy(&recipe) - 12.0).abs() < 1e-9);
    }

    #[test]
    fn words_can_be_told_apart_with_every_separator() {
        // What makes the entropy of words honest: two draws never look the same.
        assert_eq!(WORDS.len(), 7776);
        assert_eq!(WORDS.iter().collect::<HashSet<_>>().len(), 7776);
        for word in WORDS.iter() {
            assert!(word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') && word.len() >= 3, "{word}");
        }
        let mut sorted = WORDS.clone();
        sorted.sort_unstable();
        for pair in sorted.windows(2) {
            assert!(!pair[1].starts_with(pair[0]), "{} begins {}", pair[0], pair[1]);
        }
    }

    #[test]
    #[should_panic(expected = "stuck")]
    fn a_stuck_source_makes_no_value() {
        generate(&characters_of(8, Classes::ALL, LookAlikes::Allowed), &mut |buffer| buffer.fill(0));
    }

    #[test]
    fn bounds_are_kept() {
        assert_eq!([3, 4, 256, 257].map(|n| Length::new(n).is_some()), [false, true, true, false]);
        assert_eq!([2, 3, 12, 13].map(|n| WordCount::new(n).is_some()), [false, true, true, false]);
        assert_eq!(Classes::new(&[]), None);
        let digits = Classes::new(&[Class::Digits]).unwrap();
        assert_eq!(digits.toggled(Class::Digits), digits);
        assert_eq!(digits.toggled(Class::Lower).toggled(Class::Digits), Classes::new(&[Class::Lower]).unwrap());
    }
}
