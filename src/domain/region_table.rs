//! The regions a vault can live in, how they are paired, and how far apart they lie.
//!
//! The table is data (`assets/regions.json`): the pairs and coordinates Microsoft publishes. Coordinates are rough by
//! nature, and where [`Region::approximate`] is set they are the centre of the named city. Distance is information, never a
//! guarantee: some published pairs are nearer than the 240 km once promised.

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// The distance that the availability guidance gives as the least between paired regions: 150 miles. (A2)
pub const PROMISED_DISTANCE_KM: f64 = 240.0;

const EARTH_RADIUS_KM: f64 = 6371.0088;

/// A region of the table. Cheap to copy; there is no value of this type for a region that is not in the table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RegionName(u8);

/// No region has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("There is no region “{given}”. Choose one of the list, for example westeurope.")]
pub struct UnknownRegion {
    /// What was asked for, as it was typed.
    pub given: String,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// The programmatic name, by which everything else refers to it.
    pub name: RegionName,
    /// The name for people: `West Europe`.
    pub display: &'static str,
    /// The area whose borders replicated data and backups do not cross.
    pub geography: &'static str,
    /// Degrees north of the equator.
    pub latitude: f64,
    /// Degrees east of Greenwich.
    pub longitude: f64,
    /// Whether the cloud gives access to it on request only.
    pub restricted: bool,
    /// Whether the coordinates are an approximation rather than a published value.
    pub approximate: bool,
    /// Where its vaults are copied to.
    pub pair: Pairing,
}

/// What stands by when a region fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairing {
    /// Vaults are copied to this region and served from there, read-only, in an outage. (A2, A4)
    Replicated {
        /// The region that stands by. Its own pair may be a third one.
        with: RegionName,
    },
    /// The region has no pair: in an outage its vaults are unavailable until it returns. (A7)
    None,
    /// The region has a pair on paper, but vaults are not copied to it: as [`Pairing::None`]. (A7)
    NotReplicated {
        /// The pair on paper.
        with: RegionName,
        /// Why vaults are not copied, as a sentence.
        reason: &'static str,
    },
}

impl RegionName {
    /// Finds a region by its programmatic name (`westeurope`) or its name for people (`West Europe`), in any case of letters,
    /// with spaces around it or not.
    pub fn parse(given: &str) -> Result<Self, UnknownRegion> {
        let wanted = given.trim();
        TABLE
            .iter()
            .find(|row| {
                row.programmatic.eq_ignore_ascii_case(wanted) || row.region.display.eq_ignore_ascii_case(wanted)
            })
            .map(|row| row.region.name)
            .ok_or_else(|| UnknownRegion { given: given.to_owned() })
    }

    /// The programmatic name: lower-case letters and digits.
    pub fn as_str(self) -> &'static str {
        TABLE[usize::from(self.0)].programmatic
    }

    /// The name for people.
    pub fn display(self) -> &'static str {
        self.region().display
    }

    /// The row of the table.
    pub fn region(self) -> &'static Region {
        &regions()[usize::from(self.0)]
    }

    /// Whether an outage of this region ends in a failover, rather than in waiting for it to return. (A4, A7)
    pub fn has_failover(self) -> bool {
        self.failover_to().is_some()
    }

    /// The region that serves this one's vaults in an outage.
    pub fn failover_to(self) -> Option<Self> {
        match self.region().pair {
            Pairing::Replicated { with } => Some(with),
            Pairing::None | Pairing::NotReplicated { .. } => None,
        }
    }
}

impl Pairing {
    /// The pair, whether or not vaults are copied to it.
    pub fn on_paper(self) -> Option<RegionName> {
        match self {
            Self::Replicated { with } | Self::NotReplicated { with, .. } => Some(with),
            Self::None => None,
        }
    }
}

/// Every region, in the order of the published list: pairs first, then the regions without one.
pub fn regions() -> &'static [Region] {
    &REGIONS
}

/// The great-circle distance between two regions' coordinates.
pub fn distance_km(a: RegionName, b: RegionName) -> f64 {
    let (a, b) = (a.region(), b.region());
    let (lat_a, lat_b) = (a.latitude.to_radians(), b.latitude.to_radians());
    let half_lat = (lat_b - lat_a) / 2.0;
    let half_lon = (b.longitude - a.longitude).to_radians() / 2.0;
    let h = half_lat.sin().powi(2) + lat_a.cos() * lat_b.cos() * half_lon.sin().powi(2);
    2.0 * EARTH_RADIUS_KM * h.sqrt().min(1.0).asin()
}

static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| {
    read_table(include_str!("../../assets/regions.json")).expect("the table is part of the program and a test reads it")
});

static REGIONS: LazyLock<Vec<Region>> = LazyLock::new(|| TABLE.iter().map(|row| row.region).collect());

struct Row {
    programmatic: &'static str,
    region: Region,
}

#[derive(Deserialize)]
struct RawRegion {
    name: &'static str,
    display: &'static str,
    geography: &'static str,
    latitude: f64,
    longitude: f64,
    restricted: bool,
    approximate: bool,
    pair: RawPairing,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum RawPairing {
    Replicated { with: &'static str },
    None,
    NotReplicated { with: &'static str, reason: &'static str },
}

/// Reads a table; `None` when it is not one: a syntax error, a pair that is not in it, or more rows than a name can count.
fn read_table(text: &'static str) -> Option<Vec<Row>> {
    let raw: Vec<RawRegion> = serde_json::from_str(text).ok()?;
    let find = |wanted: &str| {
        let at = raw.iter().position(|region| region.name == wanted)?;
        u8::try_from(at).ok().map(RegionName)
    };
    raw.iter()
        .map(|region| {
            let pair = match region.pair {
                RawPairing::Replicated { with } => Pairing::Replicated { with: find(with)? },
                RawPairing::None => Pairing::None,
                RawPairing::NotReplicated { with, reason } => Pairing::NotReplicated { with: find(with)?, reason },
            };
            let RawRegion { name, display, geography, latitude, longitude, restricted, approximate, pair: _ } = *region;
            let region =
                Region { name: find(name)?, display, geography, latitude, longitude, restricted, approximate, pair };
            Some(Row { programmatic: name, region })
        })
        .collect()
}

impl fmt::Debug for RegionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for RegionName {
    type Error = UnknownRegion;

    fn try_from(name: String) -> Result<Self, UnknownRegion> {
        Self::parse(&name)
    }
}

impl From<RegionName> for String {
    fn from(name: RegionName) -> Self {
        name.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published pairs: A, B, kilometres, and whether B's pair is A again.
    const PUBLISHED: &[(&str, &str, f64, bool)] = &[
        ("eastus", "westus", 3721.0, true),
        ("eastus2", "centralus", 1421.0, true),
        ("northcentralus", "southcentralus", 1696.0, true),
        ("westus2", "westcentralus", 1042.0, true),
        ("westus3", "eastus", 2941.0, false),
        ("canadacentral", "canadaeast", 729.0, true),
        ("brazilsouth", "southcentralus", 8087.0, false),
        ("brazilsoutheast", "brazilsouth", 357.0, false),
        ("northeurope", "westeurope", 756.0, true),
        ("uksouth", "ukwest", 317.0, true),
        ("francecentral", "francesouth", 283.0, true),
        ("germanywestcentral", "germanynorth", 330.0, true),
        ("switzerlandnorth", "switzerlandwest", 231.0, true),
        ("norwayeast", "norwaywest", 302.0, true),
        ("swedencentral", "swedensouth", 614.0, true),
        ("eastasia", "southeastasia", 2588.0, true),
        ("australiaeast", "australiasoutheast", 714.0, true),
        ("australiacentral", "australiacentral2", 0.0, true),
        ("japaneast", "japanwest", 403.0, true),
        ("koreacentral", "koreasouth", 325.0, true),
        ("centralindia", "southindia", 913.0, true),
        ("westindia", "southindia", 1033.0, false),
        ("southafricanorth", "southafricawest", 1294.0, true),
        ("uaenorth", "uaecentral", 131.0, true),
        ("chinanorth", "chinaeast", 1067.0, true),
        ("chinanorth2", "chinaeast2", 1067.0, true),
        ("chinanorth3", "chinaeast3", 1006.0, true),
        ("usgovarizona", "usgovtexas", 1363.0, true),
        ("usgovvirginia", "usgovtexas", 1941.0, false),
        ("usdodeast", "usdodcentral", 1420.0, true),
    ];

    fn region(name: &str) -> RegionName {
        RegionName::parse(name).unwrap()
    }

    #[test]
    fn every_published_pair_has_its_published_distance() {
        // A2
        for &(a, b, km, _) in PUBLISHED {
            let measured = distance_km(region(a), region(b));
            assert!((measured.round() - km).abs() <= 1.0, "{a} to {b}: {measured} instead of {km}");
            assert!((measured - distance_km(region(b), region(a))).abs() < 1e-6, "{a} to {b} is not {b} to {a}");
        }
    }

    #[test]
    fn pairs_point_both_ways_or_one_way_as_published() {
        for &(a, b, _, both) in PUBLISHED {
            assert_eq!(region(a).region().pair.on_paper(), Some(region(b)), "the pair of {a}");
            assert_eq!(region(b).region().pair.on_paper() == Some(region(a)), both, "the way back from {b} to {a}");
        }
    }

    #[test]
    fn the_table_has_no_pair_that_was_not_published() {
        for row in regions() {
            let Some(with) = row.pair.on_paper() else { continue };
            let published = PUBLISHED.iter().any(|&(a, b, _, both)| {
                (a, b) == (row.name.as_str(), with.as_str()) || both && (b, a) == (row.name.as_str(), with.as_str())
            });
            assert!(published, "{} is paired with {}", row.display, with.display());
        }
    }

    #[test]
    fn replicated_pairs_share_a_geography_and_three_are_nearer_than_promised() {
        // A2
        let mut nearer = Vec::new();
        for row in regions() {
            let Some(with) = row.name.failover_to() else { continue };
            assert_eq!(row.geography, with.region().geography, "{}", row.display);
            if distance_km(row.name, with) < PROMISED_DISTANCE_KM {
                nearer.push(row.name.as_str());
            }
        }
        nearer.sort_unstable();
        let expected =
            ["australiacentral", "australiacentral2", "switzerlandnorth", "switzerlandwest", "uaecentral", "uaenorth"];
        assert_eq!(nearer, expected);
    }

    #[test]
    fn regions_without_a_standby_have_no_failover_and_say_why() {
        // A7
        for name in ["westus3", "brazilsouth", "brazilsoutheast", "chinanorth", "qatarcentral", "polandcentral"] {
            assert!(!region(name).has_failover(), "{name}");
        }
        assert!(region("westeurope").has_failover());
        assert!(region("westindia").has_failover());
        assert_eq!(regions().iter().filter(|row| row.pair == Pairing::None).count(), 13);
        for row in regions() {
            if let Pairing::NotReplicated { reason, .. } = row.pair {
                assert!(reason.ends_with('.') && reason.contains("Key Vault"), "{}: {reason}", row.display);
            }
        }
    }

    #[test]
    fn a_region_is_found_by_either_name_in_any_case() {
        for row in regions() {
            assert_eq!(RegionName::parse(row.name.as_str()), Ok(row.name));
            assert_eq!(RegionName::parse(&row.display.to_uppercase()), Ok(row.name));
            assert_eq!(row.display.replace(' ', "").to_lowercase(), row.name.as_str());
        }
        assert_eq!(RegionName::parse("  West Europe "), Ok(region("westeurope")));
        let error = RegionName::parse("westeuropa").unwrap_err();
        assert!(error.to_string().contains("“westeuropa”"), "{error}");
        assert!(RegionName::parse("").is_err());
    }

    #[test]
    fn a_region_is_kept_by_its_name() {
        let kept = serde_json::to_string(&region("japaneast")).unwrap();
        assert_eq!(kept, "\"japaneast\"");
        assert_eq!(serde_json::from_str::<RegionName>(&kept).unwrap(), region("japaneast"));
        assert!(serde_json::from_str::<RegionName>("\"atlantis\"").is_err());
    }

    #[test]
    fn names_are_unique_and_coordinates_are_on_the_globe() {
        let mut names: Vec<_> = regions().iter().map(|row| row.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), regions().len());
        for row in regions() {
            assert!((-90.0..=90.0).contains(&row.latitude) && (-180.0..=180.0).contains(&row.longitude), "{row:?}");
        }
    }

    #[test]
    fn a_pair_outside_the_table_is_noticed() {
        let table = r#"[{"name":"a","display":"A","geography":"G","latitude":0,"longitude":0,"restricted":false,
            "approximate":false,"pair":{"kind":"replicated","with":"b"}}]"#;
        assert!(read_table(table).is_none());
    }
}
