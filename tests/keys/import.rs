//! Keys that are brought along: what is taken in, and what is said of the rest.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use der::{
    Reader as _, SliceReader,
    asn1::{AnyRef, OctetStringRef, UintRef},
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tresor::{
    crypto::key::{KeyMaterial, import as import_key, public_pem},
    domain::{Curve, KeyKind, KeyProblem, KeyProtection, PublicJwk, PublicPart, Refusal, RsaSize, Zone},
};

use super::common::{jwk_oct, made_new};

const SOFTWARE: KeyProtection = KeyProtection::Software;

fn import(text: &str) -> Result<KeyMaterial, KeyProblem> {
    import_key(text.as_bytes(), None, SOFTWARE)
}

fn problem(text: &str) -> KeyProblem {
    import(text).err().unwrap_or_else(|| panic!("this was taken for a key:\n{text}"))
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

/// The PKCS#8 of a key that was made here, and what is inside.
fn unsealed(material: &KeyMaterial) -> (Vec<u8>, Vec<u8>) {
    let pkcs8 = material.to_sealable_bytes()[3..].to_vec();
    let mut reader = SliceReader::new(&pkcs8).unwrap();
    let inside = reader
        .sequence(|fields| {
            fields.decode::<u8>()?;
            fields.decode::<AnyRef<'_>>()?;
            Ok::<_, der::Error>(fields.decode::<&OctetStringRef>()?.as_bytes().to_vec())
        })
        .unwrap();
    (pkcs8, inside)
}

fn number(bytes: &[u8]) -> Value {
    Value::String(URL_SAFE_NO_PAD.encode(bytes))
}

/// A new RSA key as PKCS#8, PKCS#1 and JSON Web Key.
fn rsa() -> (KeyMaterial, Vec<u8>, Vec<u8>, Map<String, Value>) {
    let material = made_new(KeyKind::Rsa(RsaSize::Rsa2048, SOFTWARE));
    let (pkcs8, pkcs1) = unsealed(&material);
    let mut jwk = Map::from_iter([("kty".to_owned(), json!("RSA"))]);
    let mut reader = SliceReader::new(&pkcs1).unwrap();
    reader
        .sequence(|fields| {
            fields.decode::<u8>()?;
            for name in ["n", "e", "d", "p", "q", "dp", "dq", "qi"] {
                jwk.insert(name.to_owned(), number(fields.decode::<UintRef<'_>>()?.as_bytes()));
            }
            Ok::<_, der::Error>(())
        })
        .unwrap();
    (material, pkcs8, pkcs1, jwk)
}

/// A new EC key as PKCS#8, SEC1 and JSON Web Key.
fn ec(curve: Curve) -> (KeyMaterial, Vec<u8>, Vec<u8>, Map<String, Value>) {
    let material = made_new(KeyKind::Ec(curve, SOFTWARE));
    let (pkcs8, sec1) = unsealed(&material);
    let Some(PublicPart::Ec { x, y, .. }) = material.public_part().unwrap() else { panic!("an EC key has a point") };
    // version, then the private number
    let private =
        &sec1[sec1.windows(2).position(|two| two == [4, curve.bytes() as u8]).unwrap() + 2..][..curve.bytes()];
    let jwk = json!({ "kty": "EC", "crv": curve.text(), "x": number(&x), "y": number(&y), "d": number(private) });
    let Value::Object(jwk) = jwk else { panic!("an object") };
    (material, pkcs8, sec1, jwk)
}

fn text(jwk: &Map<String, Value>) -> String {
    serde_json::to_string(jwk).unwrap()
}

fn altered(jwk: &Map<String, Value>, name: &str) -> Map<String, Value> {
    let mut bytes = URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    *bytes.last_mut().unwrap() ^= 2;
    let mut jwk = jwk.clone();
    jwk.insert(name.to_owned(), number(&bytes));
    jwk
}

#[test]
fn every_form_of_an_rsa_key_is_the_same_key() {
    let (material, pkcs8, pkcs1, jwk) = rsa();
    for form in [pem("PRIVATE KEY", &pkcs8), pem("RSA PRIVATE KEY", &pkcs1), text(&jwk)] {
        let imported = import(&form).unwrap();
        assert_eq!(imported.kind(), material.kind());
        assert!(imported.to_sealable_bytes() == material.to_sealable_bytes(), "{form}");
    }
    let certificate = "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n";
    let bag = format!("Bag Attributes\r\n  friendlyName: x\r\n{certificate}{}", pem("PRIVATE KEY", &pkcs8));
    assert!(import(&bag.replace('\n', "\r\n")).is_ok(), "text and certificates around a key are passed over");
}

#[test]
fn every_form_of_an_ec_key_is_the_same_key() {
    for curve in Curve::ALL {
        let (material, pkcs8, sec1, mut jwk) = ec(curve);
        let mut forms = vec![pem("PRIVATE KEY", &pkcs8), text(&jwk)];
        // Inside PKCS#8 the curve is named once, outside; a SEC1 file has to name it itself.
        assert_eq!(problem(&pem("EC PRIVATE KEY", &sec1)), KeyProblem::Curve { found: "without a name".into() });
        if curve == Curve::P256K {
            jwk.insert("crv".into(), json!("secp256k1"));
            forms.push(text(&jwk));
        }
        for form in forms {
            let imported = import(&form).unwrap();
            assert_eq!(imported.public_part(), material.public_part());
            assert!(imported.to_sealable_bytes() == material.to_sealable_bytes(), "{form}");
        }
    }
}

#[test]
fn what_guards_a_key_is_asked_or_told() {
    // §3.1
    let (_, _, _, mut jwk) = ec(Curve::P256);
    let kind =
        |jwk: &Map<String, Value>, protection| import_key(text(jwk).as_bytes(), None, protection).unwrap().kind();
    assert_eq!(kind(&jwk, KeyProtection::Software).kty(), "EC");
    assert_eq!(kind(&jwk, KeyProtection::SimulatedHsm).kty(), "EC-HSM");
    jwk.insert("kty".into(), json!("EC-HSM"));
    assert_eq!(kind(&jwk, KeyProtection::Software).kty(), "EC-HSM");
    assert_eq!(import(&jwk_oct(&[1; 24])).unwrap().kind().kty(), "oct-HSM");
}

#[test]
fn numbers_that_do_not_belong_together_are_refused() {
    let (_, _, _, jwk) = rsa();
    for name in ["n", "e", "d", "p", "q", "dp", "dq", "qi"] {
        assert_eq!(problem(&text(&altered(&jwk, name))), KeyProblem::PartsDoNotMatch, "{name} altered");
    }
    for curve in Curve::ALL {
        let (_, _, _, jwk) = ec(curve);
        for name in ["d", "x", "y"] {
            assert_eq!(problem(&text(&altered(&jwk, name))), KeyProblem::PartsDoNotMatch, "{name} altered");
        }
        let (_, _, _, other) = ec(curve);
        let mut mixed = jwk.clone();
        mixed.insert("d".into(), other["d"].clone());
        assert_eq!(problem(&text(&mixed)), KeyProblem::PartsDoNotMatch);
        for d in [vec![], vec![0; curve.bytes()], vec![0xff; curve.bytes()], vec![1; curve.bytes() + 1]] {
            mixed.insert("d".into(), number(&d));
            assert_eq!(problem(&text(&mixed)), KeyProblem::PartsDoNotMatch);
        }
    }
}

#[test]
fn altered_parts_in_pem_are_refused_too() {
    let (_, pkcs8, pkcs1, _) = rsa();
    // Somewhere within the private exponent.
    for (label, mut der) in [("PRIVATE KEY", pkcs8), ("RSA PRIVATE KEY", pkcs1)] {
        der[400] ^= 1;
        assert_eq!(problem(&pem(label, &der)), KeyProblem::PartsDoNotMatch);
    }
    let (_, mut pkcs8, ..) = ec(Curve::P256);
    *pkcs8.last_mut().unwrap() ^= 1;
    assert_eq!(problem(&pem("PRIVATE KEY", &pkcs8)), KeyProblem::PartsDoNotMatch);
}

#[test]
fn primes_that_are_none_are_refused() {
    // Every equation between its numbers holds, but its first prime is a product.
    assert_eq!(problem(include_str!("data/composite.jwk")), KeyProblem::PartsDoNotMatch);
}

#[test]
fn a_missing_number_is_damage_and_a_missing_secret_is_a_public_key() {
    let (_, _, _, jwk) = rsa();
    let (_, _, _, point) = ec(Curve::P384);
    for (jwk, names, private) in
        [(jwk, &["n", "e", "d", "p", "q", "dp", "dq", "qi"][..], "d"), (point, &["crv", "x", "y", "d"][..], "d")]
    {
        for name in names {
            let mut less = jwk.clone();
            less.remove(*name);
            let expected = if *name == private { KeyProblem::PublicKey } else { KeyProblem::DamagedJwk };
            assert_eq!(problem(&text(&less)), expected, "without {name}");
            less.insert((*name).to_owned(), json!("not base64url: !"));
            assert!(matches!(problem(&text(&less)), KeyProblem::DamagedJwk | KeyProblem::Curve { .. }));
            less.insert((*name).to_owned(), json!(7));
            assert_eq!(problem(&text(&less)), KeyProblem::DamagedJwk);
        }
    }
    assert_eq!(problem(r#"{"kty":"oct"}"#), KeyProblem::DamagedJwk);
}

#[test]
fn a_public_key_or_a_certificate_is_named_for_what_it_is() {
    let (material, ..) = ec(Curve::P256);
    let part = material.public_part().unwrap().unwrap();
    assert_eq!(problem(&public_pem(&part).unwrap()), KeyProblem::PublicKey);
    let jwk = PublicJwk { kid: None, kind: material.kind(), operations: None, part: Some(&part) };
    assert_eq!(problem(&jwk.text()), KeyProblem::PublicKey);
    assert_eq!(problem(&pem("RSA PUBLIC KEY", &[0])), KeyProblem::PublicKey);
    assert_eq!(problem(&pem("CERTIFICATE", &[0])), KeyProblem::Certificate);
}

#[test]
fn other_sizes_curves_and_types_are_refused_by_name() {
    let modulus = |bits: usize| {
        json!({"kty": "RSA", "n": number(&[&[0x80], &*vec![1; bits / 8 - 1]].concat()),
        "e": "AQAB", "d": "AQ", "p": "AQ", "q": "AQ", "dp": "AQ", "dq": "AQ", "qi": "AQ"})
    };
    for bits in [8, 512, 1024, 2040, 2056, 8192] {
        assert_eq!(problem(&modulus(bits).to_string()), KeyProblem::RsaSize { found: bits });
    }
    for bytes in [0, 8, 15, 33, 64] {
        assert_eq!(problem(&jwk_oct(&vec![1; bytes])), KeyProblem::OctSize { found: bytes * 8 });
    }
    let jwk = r#"{"kty":"EC","crv":"P-224","x":"AQ","y":"AQ","d":"AQ"}"#;
    assert_eq!(problem(jwk), KeyProblem::Curve { found: "P-224".into() });
    assert_eq!(problem(r#"{"kty":"OKP","crv":"Ed25519"}"#), KeyProblem::KeyType { found: "OKP".into() });
    let openssh = pem("OPENSSH PRIVATE KEY", b"openssh-key-v1");
    assert_eq!(problem(&openssh), KeyProblem::KeyType { found: "OPENSSH PRIVATE KEY".into() });
}

#[test]
fn damage_is_named_for_what_it_is() {
    let (_, pkcs8, ..) = ec(Curve::P256);
    let whole = pem("PRIVATE KEY", &pkcs8);
    for cut in (30..whole.len() - 2).step_by(5) {
        assert_eq!(problem(&whole[..cut]), KeyProblem::DamagedPem, "cut to {cut}");
    }
    for short in 0..pkcs8.len() {
        assert_eq!(problem(&pem("PRIVATE KEY", &pkcs8[..short])), KeyProblem::DamagedPem, "{short} bytes inside");
    }
    assert_eq!(problem(&whole.replace("END PRIVATE", "END PUBLIC")), KeyProblem::DamagedPem);
    assert_eq!(problem(&whole.replacen('M', "*", 1)), KeyProblem::DamagedPem);
    assert_eq!(problem(&whole.repeat(2)), KeyProblem::SeveralKeys(2));
    for nothing in ["", "hello", "ssh-rsa AAAA", "\u{feff}"] {
        assert_eq!(problem(nothing), KeyProblem::NotAKey, "{nothing:?}");
    }
    assert_eq!(import_key(&[0x30, 0x82, 0xff, 0xfe], None, SOFTWARE).err(), Some(KeyProblem::NotAKey));
    for json in ["{", "{}", r#"{"kty":5}"#, r#"{"kty":"RSA"}"#] {
        assert_eq!(problem(json), KeyProblem::DamagedJwk, "{json}");
    }
}

#[test]
fn each_problem_is_one_sentence_and_the_services_code() {
    let problems = [
        KeyProblem::DamagedPem,
        KeyProblem::RsaSize { found: 1024 },
        KeyProblem::WrongPassphrase,
        KeyProblem::Curve { found: "P-224".into() },
    ];
    for problem in problems {
        let refusal = Refusal::BadKey { problem };
        let sentence = refusal.sentence(Zone::Utc);
        assert!(!sentence.ends_with('.') && sentence.starts_with(char::is_uppercase), "{sentence}");
        assert_eq!((refusal.code().status, refusal.code().code), (400, "BadParameter"));
    }
}

proptest! {
    #[test]
    fn nothing_that_is_brought_along_makes_the_program_fall(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(import_key(&bytes, None, SOFTWARE).is_err());
        for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"] {
            prop_assert!(import(&pem(label, &bytes)).is_err());
        }
    }

    #[test]
    fn a_key_with_one_byte_changed_is_refused_or_another_key(at in 0_usize..138, change in 1_u8..) {
        static KEY: std::sync::LazyLock<(KeyMaterial, Vec<u8>)> = std::sync::LazyLock::new(|| {
            let (material, pkcs8, ..) = ec(Curve::P256);
            (material, pkcs8)
        });
        let (material, pkcs8) = &*KEY;
        let mut altered = pkcs8.clone();
        altered[at % pkcs8.len()] ^= change;
        if let Ok(other) = import(&pem("PRIVATE KEY", &altered)) {
            prop_assert_eq!(other.public_part(), material.public_part());
        }
    }
}
