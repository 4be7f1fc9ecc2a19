//! The cards: a region with its replicas, and the pair with the copy that it keeps.

use std::path::{MAIN_SEPARATOR, MAIN_SEPARATOR_STR, Path};

use directories::BaseDirs;
use egui::{Align2, Label, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{lost, menu};
use crate::{
    domain::{
        RegionName, Timestamp,
        region::RegionState,
        replica::{OutageCause, ReplicaState},
    },
    service::{CopyView, RegionView},
    ui::{
        action::Action,
        replication::{cause, is_out, out_since, time_or_date},
        scene::{Page, Scene},
        theme::{Font, Tokens, Tone, size, space},
        widgets::{Badge, Card, hairline},
        words::{self, capitalised},
    },
};

/// How wide a card is, and how much it can say.
#[derive(Clone, Copy)]
pub(super) struct Width {
    /// In points.
    pub(super) points: f32,
    /// Whether the head says only what matters most.
    is_tight: bool,
}

impl Width {
    /// The cards on a page of that width.
    pub(super) fn of(page: f32) -> Self {
        /// The line between two cards needs this.
        const LINK: f32 = 150.0;
        let points = (page * 0.34).max(((page - LINK) / 2.0).min(340.0)).clamp(200.0, 420.0).round();
        Self { points, is_tight: points < 320.0 }
    }
}

/// The head of a card.
struct Head<'a> {
    region: RegionName,
    badge: (Tone, String),
    /// The badge where there is little room.
    badge_briefly: &'a str,
    /// The second line.
    is: String,
    /// What is going on, if something is.
    now: Option<String>,
}

/// The card of a region that holds vaults.
pub(super) fn home(
    ui: &mut Ui,
    scene: &Scene<'_>,
    page: &mut Page,
    view: &RegionView,
    width: Width,
    actions: &mut Vec<Action>,
) {
    let region = view.region;
    let state = scene.view.world.region_state(region, scene.now);
    let tone = if is_out(&state) { Tone::Danger } else { Tone::Neutral };
    let is_unreachable = is_out(&state) && cause(scene, region) == OutageCause::Simulated;
    Card::new().tone(tone).show(ui, |ui| {
        head(ui, &home_head(scene, region, &state), width);
        for replica in &view.replicas {
            let name = format!("Replica {}", replica.name);
            let (tone, said) = match &replica.state {
                _ if is_unreachable => (Tone::Danger, "unreachable".to_owned()),
                state => stands(state, replica.bytes, replica.revision, view.revision),
            };
            part(ui, tone, &name, &said);
        }
        lost::show(ui, scene, page, view);
        foot(ui, view.folder.as_deref(), |ui| menu::home(ui, scene, region, actions));
    });
}

/// The card of a pair: the copy of `home` that it keeps.
pub(super) fn pair(
    ui: &mut Ui,
    scene: &Scene<'_>,
    home: &RegionView,
    copy: &CopyView,
    width: Width,
    actions: &mut Vec<Action>,
) {
    let pair = copy.within;
    let pair_state = scene.view.world.region_state(pair, scene.now);
    let (border, head_of) = pair_head(scene, home, copy, &pair_state);
    Card::new().tone(border).show(ui, |ui| {
        head(ui, &head_of, width);
        let (tone, said) = if is_out(&pair_state) && cause(scene, pair) == OutageCause::Simulated {
            (Tone::Danger, "unreachable".to_owned())
        } else {
            stands(&copy.state, copy.bytes, copy.revision, home.revision)
        };
        part(ui, tone, "Copy", &said);
        foot(ui, copy.folder.as_deref(), |ui| menu::pair(ui, scene, home.region, pair, actions));
    });
}

fn home_head(scene: &Scene<'_>, region: RegionName, state: &RegionState) -> Head<'static> {
    let since = |moment| capitalised(&out_since(scene, region, moment));
    let briefly = match cause(scene, region) {
        OutageCause::Lost => "Lost",
        OutageCause::Simulated => "Outage",
    };
    let left = |until: Timestamp| until.ms_since(scene.now).max(0).div_euclid(1000) + 1;
    let (badge, badge_briefly, now) = match *state {
        RegionState::Healthy => ((Tone::Ok, state.word().to_owned()), "Read, write", None),
        RegionState::Outage { since: at, until } => {
            let now = match (until, region.failover_to()) {
                (Some(until), _) => format!("Requests fail. Failing over begins in {} s", left(until)),
                (None, None) => "Requests fail until it returns".to_owned(),
                (None, Some(pair)) => format!("Requests fail: {} is out as well", pair.display()),
            };
            ((Tone::Danger, since(at)), briefly, Some(now))
        }
        RegionState::FailingOver { since: at, until, to } => {
            let now = format!("{} takes over in {} s. Some requests fail", to.display(), left(until));
            ((Tone::Danger, since(at)), briefly, Some(now))
        }
        RegionState::ReadOnly { lost, since: at, serving } => {
            let now = format!("{} serves since {}", serving.display(), time_or_date(scene, at));
            ((Tone::Danger, since(lost)), briefly, Some(now))
        }
        RegionState::FailingBack { until, .. } => {
            let now = format!("Serves everything again in {} s", left(until));
            ((Tone::Warn, state.word().to_owned()), "Failing back", Some(now))
        }
    };
    let vaults = vaults(scene, region);
    let is = match vaults.is_empty() {
        true if is_out(state) => "Nothing of it can be read now".to_owned(),
        true => "Home of deleted vaults only".to_owned(),
        false => format!("Home of {vaults}"),
    };
    Head { region, badge, badge_briefly, is, now }
}

/// The border of the pair's card, and its head.
fn pair_head(scene: &Scene<'_>, home: &RegionView, copy: &CopyView, pair_state: &RegionState) -> (Tone, Head<'static>) {
    let pair = copy.within;
    let serves = || format!("Serves {}", vaults(scene, home.region));
    let (border, badge, briefly, is, now) = match (scene.view.world.region_state(home.region, scene.now), pair_state) {
        (
            _,
            RegionState::Outage { since, .. }
            | RegionState::FailingOver { since, .. }
            | RegionState::ReadOnly { lost: since, .. },
        ) => {
            let since = capitalised(&out_since(scene, pair, *since));
            (Tone::Danger, (Tone::Danger, since), "Outage", "Paired copy".to_owned(), None)
        }
        (RegionState::ReadOnly { since, .. }, _) => {
            let reached = scene.view.world.outages.get(&home.region).and_then(|outage| outage.reached);
            let change = reached.map_or(copy.revision, |at| at.pair);
            let now = format!("Since {}, up to change {}", time_or_date(scene, since), grouped(change));
            (Tone::Warn, (Tone::Warn, "Read-only".to_owned()), "Read-only", serves(), Some(now))
        }
        (RegionState::FailingBack { .. }, _) => {
            let now = Some("Until the region takes over again".to_owned());
            (Tone::Warn, (Tone::Warn, "Read-only".to_owned()), "Read-only", serves(), now)
        }
        (RegionState::FailingOver { .. }, _) => {
            let is = format!("Takes over {}", vaults(scene, home.region));
            (Tone::Warn, (Tone::Warn, "Taking over".to_owned()), "Taking over", is, None)
        }
        (RegionState::Healthy | RegionState::Outage { .. }, _) => {
            let (border, tone, word) = match &copy.state {
                ReplicaState::Failed(_) => (Tone::Danger, Tone::Danger, "Failed"),
                ReplicaState::Rebuilding { .. } => (Tone::Neutral, Tone::Warn, "Rebuilding"),
                _ if copy.revision < home.revision => (Tone::Neutral, Tone::Neutral, "Behind"),
                ReplicaState::Current | ReplicaState::Behind => (Tone::Neutral, Tone::Neutral, "Standby"),
            };
            (border, (tone, word.to_owned()), word, "Paired copy".to_owned(), None)
        }
    };
    (border, Head { region: pair, badge, badge_briefly: briefly, is, now })
}

/// Name, geography and state; what the region is here; what is going on.
fn head(ui: &mut Ui, head: &Head<'_>, width: Width) {
    let t = Tokens::of(ui);
    let (tone, word) = &head.badge;
    let badge = Badge::new(*tone, if width.is_tight { head.badge_briefly } else { word.as_str() });
    let badge_width = badge.width(ui);
    let geography = head.region.region().geography;
    let room = ui.available_width();
    let beside = Font::Body.layout(ui, geography, t.faint, room);
    let beside_width = if width.is_tight { 0.0 } else { beside.size().x + space::S };
    let name_room = room - badge_width - space::S - beside_width;
    let name = Font::PanelTitle.layout_wrapped(ui, head.region.display(), t.text, name_room);
    let height = name.size().y.max(size::BADGE);
    let (rect, _) = ui.allocate_exact_size(vec2(room, height), Sense::hover());
    let left = Rect::from_min_size(pos2(rect.left(), rect.center().y - name.size().y / 2.0), name.size());
    label(ui, left, Role::Heading, head.region.display(), "name");
    ui.painter().galley(left.min, name, t.text);
    if !width.is_tight {
        let at = Align2::LEFT_CENTER.anchor_size(pos2(left.right() + space::S, rect.center().y), beside.size());
        label(ui, at, Role::Label, geography, "geography");
        ui.painter().galley(at.min, beside, t.faint);
    }
    let at = Align2::RIGHT_CENTER.anchor_size(rect.right_center(), vec2(badge_width, size::BADGE));
    ui.place(at, badge);
    ui.add_space(2.0);
    if width.is_tight {
        ui.add(Label::new(Font::Body.text(geography).color(t.faint)).truncate());
        ui.add(Label::new(Font::Body.text(&head.is).color(t.dim)).wrap());
    } else {
        ui.add(Label::new(Font::Body.text(&head.is).color(t.dim)).truncate());
    }
    if let Some(now) = &head.now {
        ui.add(Label::new(Font::Body.text(now).color(t.dim)).wrap());
    }
    ui.add_space(space::S);
}

/// A replica or a copy: a dot, its name, how it stands.
fn part(ui: &mut Ui, tone: Tone, name: &str, said: &str) {
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name}: {said}")));
    let middle = rect.center().y;
    ui.painter().circle_filled(pos2(rect.left() + 4.0, middle), 4.0, t.tone(tone));
    let name = Font::Body.layout(ui, name, t.text, rect.width());
    let left = rect.left() + space::L;
    let end = left + name.size().x + space::S;
    ui.painter().galley(Align2::LEFT_CENTER.anchor_size(pos2(left, middle), name.size()).min, name, t.text);
    let room = rect.right() - end;
    let mut shown = Font::Body.layout(ui, said, t.dim, room);
    let is_cut = shown.elided;
    // Where room is scarce the size goes first.
    if let Some((_, change)) = said.split_once(" · ").filter(|_| is_cut) {
        shown = Font::Body.layout(ui, change, t.dim, room);
    }
    ui.painter().galley(Align2::RIGHT_CENTER.anchor_size(rect.right_center(), shown.size()).min, shown, t.dim);
    if is_cut {
        response.on_hover_text(said);
    }
}

/// How a replica or a copy stands, in a tone and in words.
fn stands(state: &ReplicaState, bytes: u64, revision: u64, of: u64) -> (Tone, String) {
    let size = if bytes == 0 { String::new() } else { format!("{} · ", words::bytes(bytes)) };
    let kept = format!("{size}change {}", grouped(revision));
    match state {
        ReplicaState::Current | ReplicaState::Behind if revision >= of => (Tone::Ok, kept),
        ReplicaState::Current | ReplicaState::Behind => (Tone::Warn, kept),
        ReplicaState::Rebuilding { percent } => (Tone::Warn, format!("rebuilding, {percent} %")),
        ReplicaState::Failed(fault) => (Tone::Danger, fault.words()),
    }
}

/// Where the files lie, and the menu.
fn foot(ui: &mut Ui, folder: Option<&Path>, menu: impl FnOnce(&mut Ui)) {
    let t = Tokens::of(ui);
    ui.add_space(space::S);
    hairline(ui);
    ui.add_space(space::S);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::BUTTON_SMALL), Sense::hover());
    let room = rect.width() - size::BUTTON_SMALL - space::S;
    let whole = folder.map_or_else(|| "kept in memory".to_owned(), |folder| folder.display().to_string());
    let fits = |text: &str| Font::Body.layout(ui, text, t.faint, f32::INFINITY).size().x <= room;
    let shown = folder.map_or_else(|| whole.clone(), |folder| shortened(folder, fits));
    let path = Font::Body.layout(ui, &shown, t.faint, room);
    let at = Align2::LEFT_CENTER.anchor_size(rect.left_center(), path.size());
    let said = label(ui, at, Role::Label, &whole, "folder");
    ui.painter().galley(at.min, path, t.faint);
    if folder.is_some() {
        said.on_hover_text(&whole);
    }
    let at = Align2::RIGHT_CENTER.anchor_size(rect.right_center(), vec2(size::BUTTON_SMALL, size::BUTTON_SMALL));
    ui.scope_builder(egui::UiBuilder::new().max_rect(at), menu);
}

/// The path with `~` for the home folder, and "…" in the middle where it does not fit.
fn shortened(folder: &Path, fits: impl Fn(&str) -> bool) -> String {
    let home = BaseDirs::new();
    let below = home.as_ref().and_then(|dirs| folder.strip_prefix(dirs.home_dir()).ok());
    let path =
        below.map_or_else(|| folder.display().to_string(), |below| Path::new("~").join(below).display().to_string());
    if fits(&path) {
        return path;
    }
    // Whole folders go first, from the second on.
    let folders: Vec<_> = path.split(MAIN_SEPARATOR).collect();
    let first = if path.starts_with(MAIN_SEPARATOR) { 2 } else { 1 };
    let without = |gone: usize| [&folders[..first], &["…"], &folders[first + gone..]].concat().join(MAIN_SEPARATOR_STR);
    let last = folders.len().saturating_sub(first + 1);
    if let Some(text) = (1..=last).map(without).find(|text| fits(text)) {
        return text;
    }
    let letters: Vec<_> = path.chars().collect();
    // What is left is kept at the end rather than at the beginning: the last folder is what tells regions apart.
    (1..letters.len())
        .map(|removed| {
            let kept = letters.len() - removed;
            let first = kept / 3;
            let beginning = letters[..first].iter();
            beginning.chain(&['…']).chain(&letters[first + removed..]).collect::<String>()
        })
        .find(|text| fits(text))
        .unwrap_or_else(|| "…".to_owned())
}

fn label(ui: &Ui, rect: Rect, role: Role, text: &str, salt: &str) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(salt), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(role, true, text));
    response
}

/// The names of the vaults of a region.
fn vaults(scene: &Scene<'_>, region: RegionName) -> String {
    let here = scene.view.world.vaults.live().filter(|vault| vault.head.location == region);
    here.map(|vault| vault.name().as_str()).collect::<Vec<_>>().join(", ")
}

fn grouped(number: u64) -> String {
    words::grouped(usize::try_from(number).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_path_keeps_its_end_and_says_that_its_middle_is_missing() {
        let folder = Path::new("/media/ada/backup-of-the-laptop/tresor/germanywestcentral");
        let within = |most: usize| shortened(folder, |text| text.chars().count() <= most);
        assert_eq!(within(40), "/media/…/tresor/germanywestcentral");
        assert_eq!(within(32), "/media/…/germanywestcentral");
        assert!(within(20).ends_with("ywestcentral"), "{}", within(20));
        assert_eq!(within(20).chars().count(), 20);
        assert_eq!(shortened(Path::new("/a/b"), |_| true), "/a/b");
        assert_eq!(shortened(folder, |_| false), "…");
    }

    #[test]
    fn the_home_folder_is_a_tilde() {
        let home = BaseDirs::new().unwrap();
        assert_eq!(shortened(&home.home_dir().join("a"), |_| true), Path::new("~").join("a").display().to_string());
    }

    #[test]
    fn two_cards_and_a_line_fit_into_the_smallest_window_beside_the_sidebar() {
        for page in [624.0, 1004.0, 1280.0] {
            let card = Width::of(page).points;
            assert!(page - 2.0 * card >= 120.0, "{page}: {card}");
        }
        assert!((Width::of(1004.0).points - 341.0).abs() < 2.0);
    }
}
