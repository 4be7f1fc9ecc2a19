//! The fields that a new version and the edit of one have in common.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use egui::Ui;

use crate::{
    domain::{
        KeyOperations, KeyVersion, Refusal, SecretVersion, Timestamp, Zone,
        key::{KeyDraft, KeyPatch},
        properties::{ContentType, Enabled, MOST_TAGS, Tags, Validity},
        secret::{SecretDraft, SecretPatch},
    },
    ui::{
        scene::Scene,
        theme::space,
        widgets::{DateField, TagsEditor, TextField, Toggle},
    },
};

/// What was typed and chosen.
pub(super) struct Attributes {
    pub(super) content_type: String,
    pub(super) expires: Option<NaiveDateTime>,
    pub(super) activates: Option<NaiveDateTime>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) is_enabled: bool,
    /// What was typed as a date and is none.
    bad_expiry: Option<String>,
    bad_activation: Option<String>,
    has_half_tag: bool,
}

impl Default for Attributes {
    fn default() -> Self {
        Self {
            content_type: String::new(),
            expires: None,
            activates: None,
            tags: BTreeMap::new(),
            is_enabled: true,
            bad_expiry: None,
            bad_activation: None,
            has_half_tag: false,
        }
    }
}

impl Attributes {
    /// What `version` has.
    pub(super) fn of(version: &SecretVersion, zone: Zone) -> Self {
        Self {
            expires: version.validity.clamped().expires().map(|moment| zone.wall(moment)),
            activates: version.validity.clamped().not_before().map(|moment| zone.wall(moment)),
            is_enabled: version.enabled == Enabled::Yes,
            ..Self::after(version)
        }
    }

    /// What the version after `version` starts with: described like it, enabled, without dates.
    pub(super) fn after(version: &SecretVersion) -> Self {
        let content_type = version.content_type.as_ref();
        Self {
            content_type: content_type.map(|content_type| content_type.as_str().to_owned()).unwrap_or_default(),
            tags: version.tags.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            ..Self::default()
        }
    }

    /// What `version` of a key has.
    pub(super) fn of_key(version: &KeyVersion, zone: Zone) -> Self {
        Self {
            expires: version.validity.clamped().expires().map(|moment| zone.wall(moment)),
            activates: version.validity.clamped().not_before().map(|moment| zone.wall(moment)),
            is_enabled: version.enabled == Enabled::Yes,
            tags: version.tags.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            ..Self::default()
        }
    }

    /// Activation and expiry side by side, whether it is enabled, and tags: what a key has.
    pub(super) fn of_a_key(&mut self, ui: &mut Ui, scene: &Scene<'_>) {
        let problem = self.validity(scene.zone).err().map(|refusal| refusal.sentence(scene.zone));
        let today = scene.zone.wall(scene.now).date();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            let width = ((ui.available_width() - space::M) / 2.0).floor();
            let field = DateField::new("Activates", &mut self.activates, today).hint("at once").width(width);
            self.bad_activation = field.show(ui).error;
            let field = DateField::new("Expires", &mut self.expires, today).hint("never").width(width);
            self.bad_expiry = field.error(problem.as_deref()).show(ui).error;
        });
        ui.add(Toggle::new(&mut self.is_enabled, "Enabled"));
        ui.add(TagsEditor::new(&mut self.tags, MOST_TAGS));
        self.has_half_tag = TagsEditor::is_half_written(ui.ctx());
    }

    /// All of it for a new key that is permitted `operations`, or what is wrong with it.
    pub(super) fn key_draft(&self, zone: Zone, operations: Option<KeyOperations>) -> Result<KeyDraft, String> {
        let SecretDraft { content_type: _, tags, enabled, validity } = self.draft(zone)?;
        Ok(KeyDraft { operations, tags, enabled, validity })
    }

    /// Only what differs from `version` of a key, or what is wrong with it.
    pub(super) fn key_patch(
        &self,
        version: &KeyVersion,
        operations: &KeyOperations,
        zone: Zone,
    ) -> Result<KeyPatch, String> {
        let KeyDraft { tags, enabled, validity, .. } = self.key_draft(zone, None)?;
        let before = Self::of_key(version, zone);
        let patch = KeyPatch {
            operations: (*operations != version.operations).then(|| operations.clone()),
            tags: (tags != version.tags).then_some(tags),
            enabled: (enabled != version.enabled).then_some(enabled),
            not_before: (self.activates != before.activates).then_some(validity.not_before()),
            expires: (self.expires != before.expires).then_some(validity.expires()),
        };
        version.patched(&patch, version.updated).map_err(|refusal| refusal.sentence(zone))?;
        Ok(patch)
    }

    /// Content type and expiry, side by side.
    pub(super) fn type_and_expiry(&mut self, ui: &mut Ui, scene: &Scene<'_>) {
        let sentence = |refusal: Refusal| refusal.sentence(scene.zone);
        let type_problem = ContentType::parse(&self.content_type).err().map(sentence);
        let validity_problem = self.validity(scene.zone).err().map(sentence);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            let width = ((ui.available_width() - space::M) / 2.0).floor();
            let field = TextField::new(&mut self.content_type).label("Content type").hint("optional").width(width);
            ui.add(field.error(type_problem.as_deref()));
            let today = scene.zone.wall(scene.now).date();
            let field = DateField::new("Expires", &mut self.expires, today).hint("never").width(width);
            self.bad_expiry = field.error(validity_problem.as_deref()).show(ui).error;
        });
    }

    /// Activation, whether it is enabled, and tags.
    pub(super) fn more(&mut self, ui: &mut Ui, scene: &Scene<'_>) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            let width = ((ui.available_width() - space::M) / 2.0).floor();
            let today = scene.zone.wall(scene.now).date();
            let field = DateField::new("Activates", &mut self.activates, today).hint("at once").width(width);
            self.bad_activation = field.show(ui).error;
            ui.vertical(|ui| {
                ui.add_space(29.0);
                ui.add(Toggle::new(&mut self.is_enabled, "Enabled"));
            });
        });
        ui.add(TagsEditor::new(&mut self.tags, MOST_TAGS));
        self.has_half_tag = TagsEditor::is_half_written(ui.ctx());
    }

    fn moment(zone: Zone, wall: Option<NaiveDateTime>) -> Option<Timestamp> {
        wall.map(|wall| zone.moment(wall))
    }

    fn validity(&self, zone: Zone) -> Result<Validity, Refusal> {
        Validity::parse(Self::moment(zone, self.activates), Self::moment(zone, self.expires))
    }

    /// All of it for a new version, or what is wrong with it.
    pub(super) fn draft(&self, zone: Zone) -> Result<SecretDraft, String> {
        let Self { content_type, tags, is_enabled, bad_expiry, bad_activation, has_half_tag, expires: _, activates: _ } =
            self;
        if let Some(problem) = bad_expiry.as_ref().or(bad_activation.as_ref()) {
            return Err(problem.clone());
        }
        if *has_half_tag {
            return Err("Add the new tag first, or empty its field".into());
        }
        let refused = |refusal: Refusal| refusal.sentence(zone);
        Ok(SecretDraft {
            content_type: ContentType::parse(content_type.trim()).map_err(refused)?,
            tags: Tags::parse(tags.clone()).map_err(refused)?,
            enabled: if *is_enabled { Enabled::Yes } else { Enabled::No },
            validity: self.validity(zone).map_err(refused)?,
        })
    }

    /// Only what differs from `version`, or what is wrong with it.
    pub(super) fn patch(&self, version: &SecretVersion, zone: Zone) -> Result<SecretPatch, String> {
        let SecretDraft { content_type, tags, enabled, validity } = self.draft(zone)?;
        let before = Self::of(version, zone);
        let patch = SecretPatch {
            content_type: (content_type != version.content_type).then_some(content_type),
            tags: (tags != version.tags).then_some(tags),
            enabled: (enabled != version.enabled).then_some(enabled),
            // A date that was not touched keeps its seconds.
            not_before: (self.activates != before.activates).then_some(validity.not_before()),
            expires: (self.expires != before.expires).then_some(validity.expires()),
        };
        version.patched(&patch, version.updated).map_err(|refusal| refusal.sentence(zone))?;
        Ok(patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::VersionId;

    fn version() -> SecretVersion {
        let validity = Validity::parse(None, Some(Timestamp::from_ms(1_797_672_612_345))).unwrap();
        let tags = Tags::parse([("env".to_owned(), "prod".to_owned())]).unwrap();
        let draft = SecretDraft { tags, validity, ..SecretDraft::default() };
        SecretVersion::new(VersionId::from_bytes([7; 16]), draft, Timestamp::from_secs(1_795_183_320))
    }

    #[test]
    fn what_was_not_touched_is_not_sent() {
        let version = version();
        let untouched = Attributes::of(&version, Zone::Utc).patch(&version, Zone::Utc).unwrap();
        assert_eq!(untouched, SecretPatch::default());
        let mut edited = Attributes::of(&version, Zone::Utc);
        edited.is_enabled = false;
        let expected = SecretPatch { enabled: Some(Enabled::No), ..SecretPatch::default() };
        assert_eq!(edited.patch(&version, Zone::Utc).unwrap(), expected);
    }

    #[test]
    fn a_new_activation_leaves_the_seconds_of_the_expiry_alone() {
        let version = version();
        let mut edited = Attributes::of(&version, Zone::Utc);
        edited.activates = Some(Zone::Utc.wall(Timestamp::from_secs(1_795_183_320)));
        let patch = edited.patch(&version, Zone::Utc).unwrap();
        assert_eq!((patch.not_before.is_some(), patch.expires), (true, None));
        assert_eq!(patch.tags, None);
    }
}
