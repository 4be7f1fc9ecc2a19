//! What a key costs, beside `openssl speed` in the same minute and beside the bare library: `cargo bench --bench keys`,
//! shorter: `… -- quick`.
//!
//! Everything is measured on one core, in time of the processor where the system tells it, as `openssl speed` does.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement tells, and fails by panicking")]

use std::{
    hint::black_box,
    process::Command,
    time::{Duration, Instant},
};

use aws_lc_rs::{
    digest::{Digest, SHA256},
    rsa::{KeyPair as RsaKeyPair, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey},
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, ParsedPublicKey,
        RSA_PKCS1_SHA256,
    },
};
use tresor::{
    crypto::{
        KdfCost, Passphrase,
        key::{CancelFlag, KeyMaterial, Parameters, digest, generate},
    },
    domain::{
        Algorithm, Caller, Hash, KeyKind, ObjectName, RegionName, RetentionDays, Sku, VaultName, key::KeyDraft,
        properties::Tags, vault::VaultDraft,
    },
    service::{KeyAnswer, KeyRequest, NewKey, Purpose, Service, TimeSource},
    store::Place,
};

/// Wanted of each operation: this share of what openssl does.
const LEAST_RATIO: f64 = 0.9;
/// Wanted of each call: at most this much over the bare call of the library.
const MOST_OVERHEAD_US: f64 = 20.0;
/// Each is measured as often, and its best time counts.
const ROUNDS: usize = 5;

fn main() {
    let is_quick = std::env::args().any(|argument| argument == "quick");
    let seconds = if is_quick { 1 } else { 3 };
    let (rsa, ec) = (key("RSA"), key("EC"));
    let rows = [rsa_sign(&rsa), rsa_decrypt(&rsa), ec_sign(&ec), ec_verify(&ec)];

    println!("{:20} {:>12} {:>12} {:>8}   {:>10} {:>10}", "", "here", "openssl", "ratio", "bare call", "over it");
    for Row { name, theirs, mut served, mut bare } in rows {
        let (mut here, mut alone, mut openssl) = (f64::MAX, f64::MAX, None::<f64>);
        for _ in 0..ROUNDS {
            // In turns, so that a busy machine is busy for all of them.
            here = here.min(mean_us(seconds, &mut served));
            alone = alone.min(mean_us(seconds, &mut bare));
            if let Some(us) = theirs.measured_us(seconds) {
                openssl = Some(openssl.map_or(us, |best| best.min(us)));
            }
        }
        let over = here - alone;
        let (told, ratio) = match openssl {
            Some(openssl) => (format!("{openssl:9.2} µs"), format!("{:.2}", openssl / here)),
            None => ("not there".into(), String::new()),
        };
        let is_slow = openssl.is_some_and(|openssl| openssl / here < LEAST_RATIO) || MOST_OVERHEAD_US < over;
        let missed = if is_slow { "  MISSED" } else { "" };
        println!("{name:20} {here:9.2} µs {told:>12} {ratio:>8}   {alone:7.2} µs {over:7.2} µs{missed}");
    }
    println!("wanted: a ratio of at least {LEAST_RATIO}, at most {MOST_OVERHEAD_US} µs over the bare call");
    for (name, kty) in [("make ready: RSA 2048", "RSA"), ("make ready: EC P-256", "EC")] {
        let material = key(kty);
        println!("{name:20} {:9.2} µs", mean_us(1, &mut || drop(black_box(material.ready().unwrap()))));
    }
}

/// One operation: asked of the service, by the library alone, and as openssl measures it.
struct Row<'a> {
    name: &'static str,
    theirs: Theirs,
    served: Box<dyn FnMut() + 'a>,
    bare: Box<dyn FnMut() + 'a>,
}

/// Where `openssl speed -mr` tells an operation: the algorithm, the mark of its line, and the place in it.
struct Theirs {
    algorithm: &'static str,
    mark: &'static str,
    place: usize,
}

impl Theirs {
    const RSA_PRIVATE: Self = Self { algorithm: "rsa2048", mark: "+F2:", place: 3 };
    const EC_SIGN: Self = Self { algorithm: "ecdsap256", mark: "+F4:", place: 3 };
    const EC_VERIFY: Self = Self { algorithm: "ecdsap256", mark: "+F4:", place: 4 };

    fn measured_us(&self, seconds: u32) -> Option<f64> {
        let seconds = seconds.to_string();
        let output = Command::new("openssl").args(["speed", "-mr", "-seconds", &seconds, self.algorithm]).output();
        let told = String::from_utf8(output.ok()?.stdout).ok()?;
        let line = told.lines().find(|line| line.starts_with(self.mark))?;
        let figure: f64 = line.split(':').nth(self.place)?.parse().ok()?;
        // Some versions tell seconds for one, some how many in a second.
        Some(if figure < 1.0 { figure * 1e6 } else { 1e6 / figure })
    }
}

/// A service with one key in its vault, asked as anybody asks it: admitted, done, recorded.
struct Desk {
    service: Service,
    caller: Caller,
    vault: VaultName,
    name: ObjectName,
    asked: u32,
}

impl Desk {
    fn with(material: &KeyMaterial) -> Self {
        let passphrase = Passphrase::new("measured".into());
        let source = TimeSource::Computer;
        let mut service = Service::create(&Place::Memory, &passphrase, KdfCost::LEAST, Purpose::Real, source).unwrap();
        let (vault, name) = (VaultName::parse("contoso").unwrap(), ObjectName::parse("key").unwrap());
        let caller = Caller::developer();
        let draft = VaultDraft {
            name: vault.clone(),
            location: RegionName::parse("westeurope").unwrap(),
            sku: Sku::Standard,
            retention: RetentionDays::default(),
            purge_protection: None,
            tags: Tags::default(),
            access: tresor::domain::AccessModel::Policies,
        };
        service.create_vault(&caller, draft).unwrap();
        let material = KeyMaterial::from_sealed_bytes(&material.to_sealable_bytes()).unwrap();
        let new = NewKey { name: name.clone(), draft: KeyDraft::default(), material };
        service.create_key(&caller, &vault, new).unwrap();
        Self { service, caller, vault, name, asked: 0 }
    }

    fn ask(&mut self, request: KeyRequest<'_>) -> KeyAnswer {
        self.asked += 1;
        if self.asked.is_multiple_of(10_000) {
            self.service.tick().unwrap();
        }
        self.service.use_key(&self.caller, &self.vault, &self.name, None, request).unwrap().1
    }
}

fn key(kty: &str) -> KeyMaterial {
    generate(KeyKind::parse(kty, None, None).unwrap(), &CancelFlag::default()).unwrap()
}

/// The PKCS#8 inside what is kept.
fn pkcs8(material: &KeyMaterial) -> Vec<u8> {
    material.to_sealable_bytes()[3..].to_vec()
}

fn sha256() -> (Vec<u8>, Digest) {
    let bytes = digest(Hash::Sha256, b"what is signed");
    let digest = Digest::import_less_safe(&bytes, &SHA256).unwrap();
    (bytes, digest)
}

fn rsa_sign(material: &KeyMaterial) -> Row<'_> {
    let (mut desk, pair) = (Desk::with(material), RsaKeyPair::from_pkcs8(&pkcs8(material)).unwrap());
    let (bytes, digest) = sha256();
    let mut signature = vec![0; pair.public_modulus_len()];
    Row {
        name: "RSA 2048 sign",
        theirs: Theirs::RSA_PRIVATE,
        served: Box::new(move || drop(black_box(desk.ask(KeyRequest::Sign(Algorithm::Rs256, &bytes))))),
        bare: Box::new(move || pair.sign_digest(&RSA_PKCS1_SHA256, &digest, black_box(&mut signature)).unwrap()),
    }
}

/// Openssl measures signing only; decrypting is the same computation with the private key.
fn rsa_decrypt(material: &KeyMaterial) -> Row<'_> {
    let (mut desk, key) = (Desk::with(material), material.ready().unwrap());
    let private = PrivateDecryptingKey::from_pkcs8(&pkcs8(material)).unwrap();
    let private = OaepPrivateDecryptingKey::new(private).unwrap();
    let sealed = key.encrypt(Algorithm::RsaOaep256, b"a key of 32 bytes, wrapped by it", Parameters::default());
    let sealed = sealed.unwrap().value;
    let (ours, theirs) = (sealed.clone(), sealed);
    let mut opened = vec![0; private.min_output_size()];
    Row {
        name: "RSA 2048 decrypt",
        theirs: Theirs::RSA_PRIVATE,
        served: Box::new(move || {
            let request = KeyRequest::Decrypt(Algorithm::RsaOaep256, &ours, Parameters::default());
            drop(black_box(desk.ask(request)));
        }),
        bare: Box::new(move || {
            black_box(private.decrypt(&OAEP_SHA256_MGF1SHA256, &theirs, &mut opened, None).unwrap());
        }),
    }
}

fn ec_sign(material: &KeyMaterial) -> Row<'_> {
    let mut desk = Desk::with(material);
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8(material)).unwrap();
    let (bytes, digest) = sha256();
    Row {
        name: "P-256 sign",
        theirs: Theirs::EC_SIGN,
        served: Box::new(move || drop(black_box(desk.ask(KeyRequest::Sign(Algorithm::Es256, &bytes))))),
        bare: Box::new(move || {
            black_box(pair.sign_digest(&digest).unwrap());
        }),
    }
}

fn ec_verify(material: &KeyMaterial) -> Row<'_> {
    let (mut desk, key) = (Desk::with(material), material.ready().unwrap());
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8(material)).unwrap();
    let public = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref()).unwrap();
    let (bytes, digest) = sha256();
    let signature = key.sign(Algorithm::Es256, &bytes).unwrap();
    let other = signature.clone();
    Row {
        name: "P-256 verify",
        theirs: Theirs::EC_VERIFY,
        served: Box::new(move || {
            let answer = desk.ask(KeyRequest::Verify(Algorithm::Es256, &bytes, &signature));
            assert!(matches!(answer, KeyAnswer::Verified(true)));
        }),
        bare: Box::new(move || public.verify_digest_sig(&digest, &other).unwrap()),
    }
}

/// Repeats the work for a fifth of the seconds; what one time took, in microseconds.
fn mean_us(seconds: u32, work: &mut dyn FnMut()) -> f64 {
    let enough = Duration::from_secs(seconds.into()) / 5;
    work();
    let (wall, processor) = (Instant::now(), processor());
    let mut times = 0;
    while wall.elapsed() < enough {
        for _ in 0..10 {
            work();
        }
        times += 10;
    }
    let took = self::processor().zip(processor).map_or_else(|| wall.elapsed(), |(now, then)| now.saturating_sub(then));
    took.as_secs_f64() * 1e6 / f64::from(times)
}

/// What this thread has had of the processor.
fn processor() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}
