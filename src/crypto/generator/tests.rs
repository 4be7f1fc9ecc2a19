//! Proves that the recipes are kept, that nothing is favoured, and that the entropy is the true one.

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
    let mut queue = [0xFFFF_u16, 0xFFFC, 0xFFFB].into_iter();
    let drawn = below(6, &mut |buffer| buffer.copy_from_slice(&queue.next().unwrap().to_le_bytes()));
    assert_eq!(drawn, 5);
    assert_eq!(queue.next(), None);
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
