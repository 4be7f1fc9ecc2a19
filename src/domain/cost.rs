//! What Key Vault would charge for what was asked (S18): the rules, and what they come to by month and vault.
//!
//! Every answered call of the data plane is one operation, also one that was refused. The management plane costs nothing, but
//! recovering and purging count as operations. What is deleted costs nothing; a key in an HSM costs by month as long as a
//! version of it was used in the last 30 days, deleted or not.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{
    KeyKind, KeyProtection, Operation, RsaSize, Timestamp, VersionId,
    activity::{OutcomeRef, RecordRef, Via},
    history::{Cursor, History},
    time::DAY_MS,
};

/// An amount of whatever currency the prices are in, in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Amount(pub u64);

/// What things cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prices {
    /// 10,000 operations.
    pub operations: Amount,
    /// 10,000 operations on advanced keys: RSA with 3,072 or 4,096 bits, and elliptic curves.
    pub advanced_operations: Amount,
    /// A version of an RSA key with 2,048 bits in an HSM, for a month.
    pub hsm_key: Amount,
    /// One of the first 250 versions of other keys in an HSM, for a month.
    pub hsm_advanced_key: Amount,
    /// Each further one up to 1,500.
    pub hsm_advanced_key_to_1500: Amount,
    /// Each further one up to 4,000.
    pub hsm_advanced_key_to_4000: Amount,
    /// Each further one.
    pub hsm_advanced_key_beyond: Amount,
}

impl Default for Prices {
    fn default() -> Self {
        Self {
            operations: Amount(30_000),
            advanced_operations: Amount(150_000),
            hsm_key: Amount(1_000_000),
            hsm_advanced_key: Amount(5_000_000),
            hsm_advanced_key_to_1500: Amount(2_500_000),
            hsm_advanced_key_to_4000: Amount(900_000),
            hsm_advanced_key_beyond: Amount(400_000),
        }
    }
}

/// What an operation counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// Nothing.
    Free,
    /// An operation.
    Operation,
    /// An operation on an advanced key.
    Advanced,
}

/// A month of the calendar, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    /// 1 to 12.
    month: u32,
}

/// What was counted of a vault in a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Operations, without those on advanced keys.
    pub operations: u64,
    /// Operations on advanced keys.
    pub advanced: u64,
    /// Versions of RSA keys with 2,048 bits in an HSM.
    pub hsm: u64,
    /// Versions of other keys in an HSM.
    pub hsm_advanced: u64,
}

/// A vault's line of a month's bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The vault, as it was spelled when it was first asked.
    pub vault: Arc<str>,
    /// What was counted.
    pub counted: Counted,
    /// What it comes to.
    pub amount: Amount,
}

/// A month's bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// Of which month.
    pub month: Month,
    /// One for each vault of which anything was counted, by name.
    pub lines: Vec<Line>,
    /// What all of it comes to.
    pub total: Amount,
}

/// Counts a history, in pieces, and goes on where it goes on.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    cursor: Cursor,
    /// By the vault's name in lower case.
    counted: BTreeMap<(Month, Arc<str>), Counted>,
    spelled: BTreeMap<Arc<str>, Arc<str>>,
    hsm: BTreeMap<HsmKey, HsmUse>,
}

type HsmKey = (Arc<str>, String, VersionId);

/// On which days a version was used.
#[derive(Clone, Debug)]
struct HsmUse {
    kind: KeyKind,
    days: BTreeSet<i64>,
}

/// So long a version in an HSM costs its charge after it was used.
const HSM_DAYS: i64 = 30;

/// What an operation counts as (S18).
pub fn charge_of(record: &RecordRef<'_>) -> Charge {
    let is_own = record.via == Via::Service && record.identity.is_none() && record.caller == OWN_NAME;
    let was_answered = match record.outcome {
        OutcomeRef::Done => true,
        OutcomeRef::Refused { status, .. } => status != 401 && status < 500,
    };
    if is_own || !was_answered || !is_counted(record.operation) {
        return Charge::Free;
    }
    if record.key.is_some_and(is_advanced) { Charge::Advanced } else { Charge::Operation }
}

/// The name under which the service records what it does by itself, which nobody pays for.
const OWN_NAME: &str = "Key Vault";

/// Whether an operation counts at all: those of the data plane, and what brings back or destroys a vault.
fn is_counted(operation: Operation) -> bool {
    match operation {
        Operation::VaultRecover | Operation::VaultPurge => true,
        Operation::KeyRotateIfDue | Operation::KeyNearExpiryEventGridNotification => false,
        other => {
            let name = other.audit_name();
            name.starts_with("Secret") || name.starts_with("Key")
        }
    }
}

/// Keys whose operations cost more.
pub const fn is_advanced(kind: KeyKind) -> bool {
    matches!(kind, KeyKind::Ec(..) | KeyKind::Rsa(RsaSize::Rsa3072 | RsaSize::Rsa4096, _))
}

impl Month {
    /// The month of a moment, in UTC.
    pub fn of(moment: Timestamp) -> Self {
        let date = moment.utc().date_naive();
        Self { year: date.year(), month: date.month() }
    }

    /// `November 2026`.
    pub fn title(self) -> String {
        self.first().format("%B %Y").to_string()
    }

    fn first(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.month, 1).unwrap_or_default()
    }

    /// The number of its first day since 1970.
    fn first_day(self) -> i64 {
        self.first().signed_duration_since(NaiveDate::default()).num_days()
    }

    fn next(self) -> Self {
        if self.month == 12 { Self { year: self.year + 1, month: 1 } } else { Self { month: self.month + 1, ..self } }
    }
}

impl Ledger {
    /// Counts what it has not counted yet, at most so many records. Whether it has counted all there is.
    pub fn look(&mut self, history: &History, most: usize) -> bool {
        if !self.cursor.is_of(history) {
            *self = Self::default();
        }
        let mut cursor = std::mem::take(&mut self.cursor);
        let mut day_month = None;
        let is_done = cursor.go_on(history, most, |asked| {
            let record = &asked.record;
            let day = record.at.ms().div_euclid(DAY_MS);
            let month = match day_month {
                Some((known, month)) if known == day => month,
                _ => Month::of(record.at),
            };
            day_month = Some((day, month));
            self.count(record, day, month);
        });
        self.cursor = cursor;
        is_done
    }

    fn count(&mut self, record: &RecordRef<'_>, day: i64, month: Month) {
        let Some(spelled) = record.vault else { return };
        let charge = charge_of(record);
        if charge == Charge::Free {
            return;
        }
        let vault = self.vault(spelled);
        let counted = self.counted.entry((month, Arc::clone(&vault))).or_default();
        match charge {
            Charge::Advanced => counted.advanced += 1,
            Charge::Operation | Charge::Free => counted.operations += 1,
        }
        let is_use = record.operation.key_use().is_some() && record.outcome == OutcomeRef::Done;
        if let (true, Some(kind), Some(object), Some(version)) = (is_use, record.key, record.object, record.version)
            && kind.protection() == KeyProtection::SimulatedHsm
        {
            let used = self.hsm.entry((vault, object.to_ascii_lowercase(), version));
            used.or_insert_with(|| HsmUse { kind, days: BTreeSet::new() }).days.insert(day);
        }
    }

    /// The vault's name in lower case: the same one each time.
    fn vault(&mut self, spelled: &str) -> Arc<str> {
        let folded = spelled.to_ascii_lowercase();
        if let Some((known, _)) = self.spelled.get_key_value(folded.as_str()) {
            return Arc::clone(known);
        }
        let folded: Arc<str> = folded.into();
        self.spelled.insert(Arc::clone(&folded), spelled.into());
        folded
    }

    /// The bills of all months of which anything is known, the newest first.
    pub fn bills(&self, prices: &Prices, now: Timestamp) -> Vec<Bill> {
        let this = Month::of(now);
        let mut months: BTreeSet<Month> = self.counted.keys().map(|(month, _)| *month).collect();
        if self.hsm.values().any(|used| is_charged(used, this, now)) {
            months.insert(this);
        }
        months.into_iter().rev().map(|month| self.bill(month, prices, now)).collect()
    }

    fn bill(&self, month: Month, prices: &Prices, now: Timestamp) -> Bill {
        let mut vaults: BTreeMap<&Arc<str>, Counted> = BTreeMap::new();
        for ((of, vault), counted) in &self.counted {
            if *of == month {
                vaults.insert(vault, *counted);
            }
        }
        for ((vault, ..), used) in &self.hsm {
            if is_charged(used, month, now) {
                let counted = vaults.entry(vault).or_default();
                match used.kind {
                    KeyKind::Rsa(RsaSize::Rsa2048, _) => counted.hsm += 1,
                    _ => counted.hsm_advanced += 1,
                }
            }
        }
        // The steps of the price count through all vaults of the subscription.
        let mut before = 0;
        let lines: Vec<_> = vaults
            .into_iter()
            .map(|(vault, counted)| {
                let amount = prices.of(counted, before);
                before += counted.hsm_advanced;
                let spelled = self.spelled.get(vault).unwrap_or(vault);
                Line { vault: Arc::clone(spelled), counted, amount }
            })
            .collect();
        let total = Amount(lines.iter().map(|line| line.amount.0).sum());
        Bill { month, lines, total }
    }
}

/// Whether a version costs its charge in a month: it was used in it, or, as long as it lasts, in the last 30 days.
fn is_charged(used: &HsmUse, month: Month, now: Timestamp) -> bool {
    let today = now.ms().div_euclid(DAY_MS);
    let (first, after) = (month.first_day(), month.next().first_day());
    let from = if (first..after).contains(&today) { first.min(today - HSM_DAYS) } else { first };
    used.days.range(from..after).next().is_some()
}

impl Prices {
    /// What this comes to, after so many versions of advanced keys in an HSM of other vaults.
    fn of(&self, counted: Counted, before: u64) -> Amount {
        let Counted { operations, advanced, hsm, hsm_advanced } = counted;
        let steps = [
            (250, self.hsm_advanced_key),
            (1_500, self.hsm_advanced_key_to_1500),
            (4_000, self.hsm_advanced_key_to_4000),
            (u64::MAX, self.hsm_advanced_key_beyond),
        ];
        let (mut from, until) = (before, before + hsm_advanced);
        let mut keys = 0;
        for (end, price) in steps {
            let in_step = until.min(end).saturating_sub(from);
            keys += in_step * price.0;
            from += in_step;
        }
        let calls = operations * self.operations.0 + advanced * self.advanced_operations.0;
        Amount(calls / 10_000 + hsm * self.hsm_key.0 + keys)
    }
}

impl fmt::Display for Amount {
    /// `5.00`, `0.0312`: two digits, or as many as it takes to show something, up to six.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 1_000_000, self.0 % 1_000_000);
        let digits = format!("{rest:06}");
        let shown = digits.trim_end_matches('0').len().max(2);
        write!(formatter, "{whole}.{}", &digits[..shown])
    }
}

impl Amount {
    /// What somebody typed: `0.03`, `5`. At most six digits after the point; less than a million.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (whole, rest) = text.split_once(['.', ',']).unwrap_or((text, ""));
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && rest.is_empty()) || whole.len() > 6 || rest.len() > 6 {
            return None;
        }
        if !are_digits(whole) || !are_digits(rest) {
            return None;
        }
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let rest: u64 = format!("{rest:0<6}").parse().ok()?;
        Some(Self(whole * 1_000_000 + rest))
    }
}

#[cfg(test)]
mod tests;
