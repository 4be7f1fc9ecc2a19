//! Both directions with the openssl program, for every kind of key.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use tempfile::TempDir;
use tresor::{
    crypto::{
        Passphrase,
        key::{Parameters, ReadyKey, digest, import, public_pem},
    },
    domain::{Algorithm, Curve, Hash, KeyKind, KeyOperation, KeyProblem, KeyProtection, OctSize, RsaSize},
};

use super::common::{algorithms, hex, shared, symmetric};

/// A folder in which openssl runs.
struct Openssl(TempDir);

impl Openssl {
    /// `None`, and a word about it, where there is no such program.
    fn find() -> Option<Self> {
        let found = Command::new("openssl").arg("version").stdout(Stdio::null()).status();
        if found.is_err() {
            println!("skipped: there is no program named openssl; ./test installs it");
            return None;
        }
        Some(Self(tempfile::tempdir().unwrap()))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path().join(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).unwrap()
    }

    /// Whether it ended well.
    fn tries(&self, arguments: &str) -> bool {
        let mut command = Command::new("openssl");
        command.args(arguments.split_whitespace()).current_dir(self.path()).stdin(Stdio::null());
        command.output().unwrap().status.success()
    }

    fn runs(&self, arguments: &str) {
        let mut command = Command::new("openssl");
        command.args(arguments.split_whitespace()).current_dir(self.path()).stdin(Stdio::null());
        let output = command.output().unwrap();
        assert!(output.status.success(), "openssl {arguments}\n{}", String::from_utf8_lossy(&output.stderr));
    }

    fn import(&self, name: &str, passphrase: Option<&str>) -> Result<ReadyKey, KeyProblem> {
        let passphrase = passphrase.map(|text| Passphrase::new(text.to_owned()));
        let material = import(&self.read(name), passphrase.as_ref(), KeyProtection::Software)?;
        Ok(material.ready().unwrap())
    }
}

fn hash_name(hash: Hash) -> &'static str {
    match hash {
        Hash::Sha1 => "sha1",
        Hash::Sha256 => "sha256",
        Hash::Sha384 => "sha384",
        Hash::Sha512 => "sha512",
    }
}

/// How pkeyutl is told what an algorithm means.
fn options(algorithm: Algorithm) -> String {
    let padding = match algorithm {
        Algorithm::Rsa15 | Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 => "-pkeyopt rsa_padding_mode:pkcs1",
        Algorithm::RsaOaep => "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha1 -pkeyopt rsa_mgf1_md:sha1",
        Algorithm::RsaOaep256 => {
            "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256"
        }
        Algorithm::Ps256 | Algorithm::Ps384 | Algorithm::Ps512 => {
            "-pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest"
        }
        _ => "",
    };
    let digest = algorithm.digest().map(|hash| format!("-pkeyopt digest:{}", hash_name(hash))).unwrap_or_default();
    format!("{padding} {digest}")
}

/// `r || s` as the DER that openssl reads.
fn to_der(raw: &[u8]) -> Vec<u8> {
    let (r, s) = raw.split_at(raw.len() / 2);
    let integer = |number: &[u8]| {
        let digits: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
        let sign = if digits.first().is_none_or(|first| 0x80 <= *first) { vec![0] } else { vec![] };
        [&[2, (sign.len() + digits.len()) as u8][..], &sign, &digits].concat()
    };
    let body = [integer(r), integer(s)].concat();
    let length = if body.len() < 128 { vec![body.len() as u8] } else { vec![0x81, body.len() as u8] };
    [&[0x30][..], &length, &body].concat()
}

/// The DER that openssl writes as `r || s`.
fn to_raw(der: &[u8], curve: Curve) -> Vec<u8> {
    let mut rest = &der[if der[1] & 0x80 == 0 { 2 } else { 3 }..];
    let mut raw = Vec::new();
    for _ in ["r", "s"] {
        let (number, after) = rest[2..].split_at(usize::from(rest[1]));
        let digits: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
        raw.extend(std::iter::repeat_n(0, curve.bytes() - digits.len()));
        raw.extend(digits);
        rest = after;
    }
    raw
}

/// Signs here and verifies there with the public key, and where there is a private key there, the other way round.
fn both_sign(openssl: &Openssl, key: &ReadyKey, private: Option<&str>) {
    openssl.write("public.pem", public_pem(key.public_part().unwrap()).unwrap());
    for algorithm in algorithms(key.kind(), KeyOperation::Sign) {
        let digest = digest(algorithm.digest().unwrap(), b"what is signed");
        openssl.write("digest", &digest);
        let curve = match key.kind() {
            KeyKind::Ec(curve, _) => Some(curve),
            _ => None,
        };
        let signature = key.sign(algorithm, &digest).unwrap();
        openssl.write("signature", if curve.is_some() { to_der(&signature) } else { signature });
        let options = options(algorithm);
        openssl.runs(&format!("pkeyutl -verify -pubin -inkey public.pem -in digest -sigfile signature {options}"));
        if let Some(private) = private {
            openssl.runs(&format!("pkeyutl -sign -inkey {private} -in digest -out signature {options}"));
            let theirs = openssl.read("signature");
            let theirs = curve.map_or_else(|| theirs.clone(), |curve| to_raw(&theirs, curve));
            assert_eq!(key.verify(algorithm, &digest, &theirs), Ok(true), "{}", algorithm.text());
        }
    }
}

fn both_encrypt(openssl: &Openssl, key: &ReadyKey, private: Option<&str>) {
    openssl.write("public.pem", public_pem(key.public_part().unwrap()).unwrap());
    openssl.write("plaintext", b"what is encrypted");
    for algorithm in algorithms(key.kind(), KeyOperation::Encrypt) {
        let options = options(algorithm);
        openssl.runs(&format!("pkeyutl -encrypt -pubin -inkey public.pem -in plaintext -out ciphertext {options}"));
        let opened = key.decrypt(algorithm, &openssl.read("ciphertext"), Parameters::default()).unwrap();
        assert_eq!(&**opened, b"what is encrypted", "{}", algorithm.text());
        if let Some(private) = private {
            let ours = key.encrypt(algorithm, b"from here", Parameters::default()).unwrap();
            openssl.write("ciphertext", ours.value);
            openssl.runs(&format!("pkeyutl -decrypt -inkey {private} -in ciphertext -out opened {options}"));
            assert_eq!(openssl.read("opened"), b"from here");
        }
    }
}

#[test]
fn rsa_keys_made_there_work_here_and_the_other_way_round() {
    let Some(openssl) = Openssl::find() else { return };
    for size in RsaSize::ALL {
        openssl.runs(&format!("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:{} -out key.pem", size.bits()));
        openssl.runs("rsa -in key.pem -traditional -out pkcs1.pem");
        let key = openssl.import("key.pem", None).unwrap();
        assert_eq!(key.kind(), KeyKind::Rsa(size, KeyProtection::Software));
        assert_eq!(openssl.import("pkcs1.pem", None).unwrap().public_part(), key.public_part());
        both_sign(&openssl, &key, Some("key.pem"));
        both_encrypt(&openssl, &key, Some("key.pem"));
    }
    let made_here = shared(KeyKind::Rsa(RsaSize::Rsa2048, KeyProtection::Software));
    both_sign(&openssl, &made_here, None);
    both_encrypt(&openssl, &made_here, None);
}

#[test]
fn ec_keys_made_there_work_here_and_the_other_way_round() {
    let Some(openssl) = Openssl::find() else { return };
    for (curve, name) in Curve::ALL.into_iter().zip(["prime256v1", "secp256k1", "secp384r1", "secp521r1"]) {
        openssl.runs(&format!("ecparam -name {name} -genkey -out sec1.pem"));
        openssl.runs("pkey -in sec1.pem -out key.pem");
        let key = openssl.import("key.pem", None).unwrap();
        assert_eq!(key.kind(), KeyKind::Ec(curve, KeyProtection::Software));
        let text = String::from_utf8(openssl.read("sec1.pem")).unwrap();
        assert!(text.contains("BEGIN EC PARAMETERS") && text.contains("BEGIN EC PRIVATE KEY"));
        assert_eq!(openssl.import("sec1.pem", None).unwrap().public_part(), key.public_part());
        both_sign(&openssl, &key, Some("key.pem"));
        both_sign(&openssl, &shared(key.kind()), None);
    }
}

#[test]
fn a_public_key_in_pem_is_what_openssl_writes() {
    let Some(openssl) = Openssl::find() else { return };
    openssl.runs("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem");
    openssl.runs("pkey -in key.pem -pubout -out public.pem");
    let key = openssl.import("key.pem", None).unwrap();
    assert_eq!(public_pem(key.public_part().unwrap()).unwrap().as_bytes(), openssl.read("public.pem"));
    openssl.runs("ecparam -name secp521r1 -genkey -noout -out key.pem");
    openssl.runs("pkey -in key.pem -pubout -out public.pem");
    let key = openssl.import("key.pem", None).unwrap();
    assert_eq!(public_pem(key.public_part().unwrap()).unwrap().as_bytes(), openssl.read("public.pem"));
}

#[test]
fn a_key_under_a_passphrase_opens_with_that_passphrase_only() {
    let Some(openssl) = Openssl::find() else { return };
    openssl.runs("ecparam -name prime256v1 -genkey -noout -out key.pem");
    let plain = openssl.import("key.pem", None).unwrap();
    for cipher in ["aes-128-cbc", "aes-192-cbc", "aes-256-cbc"] {
        for function in ["hmacWithSHA1", "hmacWithSHA256", "hmacWithSHA384", "hmacWithSHA512"] {
            let how = format!("-v2 {cipher} -v2prf {function} -iter 1000");
            openssl.runs(&format!("pkcs8 -topk8 -in key.pem -out sealed.pem -passout pass:héllo-§ {how}"));
            let opened = openssl.import("sealed.pem", Some("héllo-§")).unwrap();
            assert_eq!(opened.public_part(), plain.public_part(), "{cipher} {function}");
            assert_eq!(openssl.import("sealed.pem", None).err(), Some(KeyProblem::PassphraseNeeded));
            for wrong in ["hello-§", "", "héllo-§ "] {
                assert_eq!(openssl.import("sealed.pem", Some(wrong)).err(), Some(KeyProblem::WrongPassphrase));
            }
        }
    }
    openssl.runs("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -aes256 -pass pass:x -out sealed.pem");
    assert_eq!(openssl.import("sealed.pem", Some("x")).unwrap().kind().to_string(), "RSA 3072");
}

#[test]
fn other_protections_are_refused_by_name() {
    let Some(openssl) = Openssl::find() else { return };
    openssl.runs("ecparam -name prime256v1 -genkey -noout -out key.pem");
    let protection = |openssl: &Openssl| match openssl.import("sealed.pem", Some("x")).err() {
        Some(KeyProblem::Protection { found }) => found,
        other => panic!("{other:?}"),
    };
    openssl.runs("pkcs8 -topk8 -scrypt -in key.pem -out sealed.pem -passout pass:x");
    assert_eq!(protection(&openssl), "scrypt");
    openssl.runs("pkcs8 -topk8 -v2 des3 -in key.pem -out sealed.pem -passout pass:x");
    assert_eq!(protection(&openssl), "Triple DES");
    openssl.runs("ec -aes128 -in key.pem -out sealed.pem -passout pass:x");
    assert_eq!(protection(&openssl), "the old encryption of PEM");
}

#[test]
fn keys_that_a_vault_cannot_hold_are_refused_by_name() {
    let Some(openssl) = Openssl::find() else { return };
    let problem = |arguments: &str| {
        openssl.runs(&format!("{arguments} -out key.pem"));
        openssl.import("key.pem", None).err().unwrap()
    };
    assert_eq!(problem("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024"), KeyProblem::RsaSize { found: 1024 });
    assert_eq!(problem("ecparam -genkey -noout -name secp224r1"), KeyProblem::Curve { found: "P-224".into() });
    let explicit = "ecparam -genkey -noout -name prime256v1 -param_enc explicit";
    assert_eq!(problem(explicit), KeyProblem::Curve { found: "without a name".into() });
    assert_eq!(problem("genpkey -algorithm ED25519"), KeyProblem::KeyType { found: "Ed25519".into() });
    let pss = "genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048";
    assert_eq!(problem(pss), KeyProblem::KeyType { found: "RSA-PSS".into() });
    let three = "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_primes:3";
    assert_eq!(problem(three), KeyProblem::KeyType { found: "RSA with more than two primes".into() });
}

#[test]
fn aes_cbc_and_hmac_are_those_of_openssl() {
    let Some(openssl) = Openssl::find() else { return };
    for size in OctSize::ALL {
        let secret: Vec<u8> = (0..size.bytes()).map(|at| (at * 11 + 3) as u8).collect();
        let (key, iv) = (symmetric(&secret), [0x5a; 16]);
        let how = format!("enc -aes-{}-cbc -K {} -iv {}", size.bits(), hex(&secret), hex(&iv));
        let parameters = Parameters { iv: Some(&iv), ..Parameters::default() };
        openssl.write("plaintext", [9; 64]);
        for algorithm in algorithms(key.kind(), KeyOperation::Encrypt) {
            let padding = match algorithm.text() {
                text if text.ends_with("CBCPAD") => "",
                text if text.ends_with("CBC") => "-nopad",
                _ => continue,
            };
            openssl.runs(&format!("{how} {padding} -in plaintext -out ciphertext"));
            let ours = key.encrypt(algorithm, &[9; 64], parameters).unwrap();
            assert_eq!(ours.value, openssl.read("ciphertext"), "{}", algorithm.text());
            openssl.write("ciphertext", &ours.value);
            openssl.runs(&format!("{how} -d {padding} -in ciphertext -out opened"));
            assert_eq!(openssl.read("opened"), [9; 64]);
        }
        for (algorithm, hash) in
            [(Algorithm::Hs256, "sha256"), (Algorithm::Hs384, "sha384"), (Algorithm::Hs512, "sha512")]
        {
            let mac = format!("dgst -{hash} -mac HMAC -macopt hexkey:{} -binary", hex(&secret));
            openssl.runs(&format!("{mac} -out tag plaintext"));
            assert_eq!(key.sign(algorithm, &[9; 64]).unwrap(), openssl.read("tag"), "{}", algorithm.text());
        }
    }
}

#[test]
fn what_was_altered_is_refused_there_too() {
    let Some(openssl) = Openssl::find() else { return };
    let key = shared(KeyKind::Ec(Curve::P256, KeyProtection::Software));
    let digest = digest(Hash::Sha256, b"what is signed");
    let mut signature = key.sign(Algorithm::Es256, &digest).unwrap();
    signature[40] ^= 1;
    openssl.write("public.pem", public_pem(key.public_part().unwrap()).unwrap());
    openssl.write("digest", &digest);
    openssl.write("signature", to_der(&signature));
    assert!(!openssl.tries("pkeyutl -verify -pubin -inkey public.pem -in digest -sigfile signature"));
}
