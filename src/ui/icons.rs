//! Every picture the window shows, built into the program. Drawn in white and tinted where they are used.

use super::theme::size;
use egui::{Color32, Image, Rect, Ui, Vec2};

/// A picture by name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Icon {
    uri: &'static str,
    bytes: &'static [u8],
}

impl std::fmt::Debug for Icon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.uri)
    }
}

impl Icon {
    /// The picture at `side` points, for use as an atom or a widget. It has no name of its own.
    pub fn image(self, side: f32) -> Image<'static> {
        Image::from_bytes(self.uri, self.bytes).fit_to_exact_size(Vec2::splat(side)).show_loading_spinner(false)
    }

    /// Paints the picture in `colour` as large as `rect`.
    pub fn paint(self, ui: &Ui, rect: Rect, colour: Color32) {
        self.image(rect.width()).tint(colour).paint_at(ui, rect);
    }

    /// Paints the picture in `colour`, `side` points large, around `centre`.
    pub fn paint_centred(self, ui: &Ui, centre: egui::Pos2, side: f32, colour: Color32) {
        self.paint(ui, Rect::from_center_size(centre, Vec2::splat(side)), colour);
    }

    /// Shows the picture in `colour` in the usual size, as decoration beside text.
    pub fn show(self, ui: &mut Ui, colour: Color32) -> egui::Response {
        self.show_sized(ui, size::ICON, colour)
    }

    /// Shows the picture in `colour`, `side` points large, as decoration beside text.
    pub fn show_sized(self, ui: &mut Ui, side: f32, colour: Color32) -> egui::Response {
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), egui::Sense::hover());
        if ui.is_rect_visible(rect) {
            self.paint(ui, rect, colour);
        }
        response
    }
}

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident = $file:literal,)*) => {
        impl Icon {
            $($(#[$doc])*
            pub const $name: Self = Self {
                uri: concat!("bytes://tresor/", $file),
                bytes: include_bytes!(concat!("../../assets/", $file)),
            };)*

            /// All pictures, by the name of their file.
            pub const ALL: &'static [(&'static str, Self)] = &[$(($file, Self::$name)),*];
        }
    };
}

icons! {
    /// The vault of this program, large.
    LOGO = "logo.svg",
    /// `activity`
    ACTIVITY = "icons/activity.svg",
    /// `archive-restore`
    ARCHIVE_RESTORE = "icons/archive-restore.svg",
    /// `arrow-down`
    ARROW_DOWN = "icons/arrow-down.svg",
    /// `arrow-right`
    ARROW_RIGHT = "icons/arrow-right.svg",
    /// `arrow-up`
    ARROW_UP = "icons/arrow-up.svg",
    /// `badge-check`
    BADGE_CHECK = "icons/badge-check.svg",
    /// `calendar`
    CALENDAR = "icons/calendar.svg",
    /// `check`
    CHECK = "icons/check.svg",
    /// `chevron-down`
    CHEVRON_DOWN = "icons/chevron-down.svg",
    /// `chevron-left`
    CHEVRON_LEFT = "icons/chevron-left.svg",
    /// `chevron-right`
    CHEVRON_RIGHT = "icons/chevron-right.svg",
    /// `chevron-up`
    CHEVRON_UP = "icons/chevron-up.svg",
    /// `chevrons-up-down`
    CHEVRONS_UP_DOWN = "icons/chevrons-up-down.svg",
    /// `circle`
    CIRCLE = "icons/circle.svg",
    /// `circle-alert`
    CIRCLE_ALERT = "icons/circle-alert.svg",
    /// `circle-alert-filled`
    CIRCLE_ALERT_FILLED = "icons/circle-alert-filled.svg",
    /// `circle-check`
    CIRCLE_CHECK = "icons/circle-check.svg",
    /// `circle-check-filled`
    CIRCLE_CHECK_FILLED = "icons/circle-check-filled.svg",
    /// `circle-help`
    CIRCLE_HELP = "icons/circle-help.svg",
    /// `clipboard-check`
    CLIPBOARD_CHECK = "icons/clipboard-check.svg",
    /// `clock`
    CLOCK = "icons/clock.svg",
    /// `clock-filled`
    CLOCK_FILLED = "icons/clock-filled.svg",
    /// `command`
    COMMAND = "icons/command.svg",
    /// `copy`
    COPY = "icons/copy.svg",
    /// `corner-up-left`
    CORNER_UP_LEFT = "icons/corner-up-left.svg",
    /// `dices`
    DICES = "icons/dices.svg",
    /// `download`
    DOWNLOAD = "icons/download.svg",
    /// `ellipsis`
    ELLIPSIS = "icons/ellipsis.svg",
    /// `eraser`
    ERASER = "icons/eraser.svg",
    /// `external-link`
    EXTERNAL_LINK = "icons/external-link.svg",
    /// `eye`
    EYE = "icons/eye.svg",
    /// `eye-filled`
    EYE_FILLED = "icons/eye-filled.svg",
    /// `eye-off`
    EYE_OFF = "icons/eye-off.svg",
    /// `file`
    FILE = "icons/file.svg",
    /// `file-key`
    FILE_KEY = "icons/file-key.svg",
    /// `file-text`
    FILE_TEXT = "icons/file-text.svg",
    /// `flame`
    FLAME = "icons/flame.svg",
    /// `flame-filled`
    FLAME_FILLED = "icons/flame-filled.svg",
    /// `folder-open`
    FOLDER_OPEN = "icons/folder-open.svg",
    /// `globe`
    GLOBE = "icons/globe.svg",
    /// `hard-drive`
    HARD_DRIVE = "icons/hard-drive.svg",
    /// `history`
    HISTORY = "icons/history.svg",
    /// `hourglass`
    HOURGLASS = "icons/hourglass.svg",
    /// `import`
    IMPORT = "icons/import.svg",
    /// `info`
    INFO = "icons/info.svg",
    /// `info-filled`
    INFO_FILLED = "icons/info-filled.svg",
    /// `key`
    KEY = "icons/key.svg",
    /// `keyboard`
    KEYBOARD = "icons/keyboard.svg",
    /// `layers`
    LAYERS = "icons/layers.svg",
    /// `list`
    LIST = "icons/list.svg",
    /// `list-filter`
    FILTER = "icons/list-filter.svg",
    /// `lock`
    LOCK = "icons/lock.svg",
    /// `lock-open`
    LOCK_OPEN = "icons/lock-open.svg",
    /// `log-out`
    LOG_OUT = "icons/log-out.svg",
    /// `map-pin`
    MAP_PIN = "icons/map-pin.svg",
    /// `minus`
    MINUS = "icons/minus.svg",
    /// `monitor`
    MONITOR = "icons/monitor.svg",
    /// `moon`
    MOON = "icons/moon.svg",
    /// `panel-left`
    PANEL_LEFT = "icons/panel-left.svg",
    /// `pause`
    PAUSE = "icons/pause.svg",
    /// `pencil`
    PENCIL = "icons/pencil.svg",
    /// `play`
    PLAY = "icons/play.svg",
    /// `plug`
    PLUG = "icons/plug.svg",
    /// `plus`
    PLUS = "icons/plus.svg",
    /// `power`
    POWER = "icons/power.svg",
    /// `refresh-cw`
    REFRESH = "icons/refresh-cw.svg",
    /// `rotate-ccw`
    RECOVER = "icons/rotate-ccw.svg",
    /// `save`
    SAVE = "icons/save.svg",
    /// `search`
    SEARCH = "icons/search.svg",
    /// `settings`
    SETTINGS = "icons/settings.svg",
    /// `share`
    SHARE = "icons/share.svg",
    /// `shield`
    SHIELD = "icons/shield.svg",
    /// `shield-check`
    SHIELD_CHECK = "icons/shield-check.svg",
    /// `shield-check-filled`
    SHIELD_CHECK_FILLED = "icons/shield-check-filled.svg",
    /// `sliders-horizontal`
    SLIDERS_HORIZONTAL = "icons/sliders-horizontal.svg",
    /// `sparkles`
    SPARKLES = "icons/sparkles.svg",
    /// `sun`
    SUN = "icons/sun.svg",
    /// `tag`
    TAG = "icons/tag.svg",
    /// `trash-2`
    TRASH = "icons/trash-2.svg",
    /// `triangle-alert`
    TRIANGLE_ALERT = "icons/triangle-alert.svg",
    /// `triangle-alert-filled`
    TRIANGLE_ALERT_FILLED = "icons/triangle-alert-filled.svg",
    /// `unplug`
    UNPLUG = "icons/unplug.svg",
    /// `upload`
    UPLOAD = "icons/upload.svg",
    /// `user`
    USER = "icons/user.svg",
    /// `users`
    USERS = "icons/users.svg",
    /// `vault`
    VAULT = "icons/vault.svg",
    /// `vault-filled`
    VAULT_FILLED = "icons/vault-filled.svg",
    /// `x`
    X = "icons/x.svg",
    /// `zap`
    ZAP = "icons/zap.svg",
}

/// The program's icon, 256 pixels square, as PNG.
pub const APP_ICON_PNG: &[u8] = include_bytes!("../../assets/icon.png");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::default_trait_access, reason = "the type is named in a crate that we do not depend on")]
    fn every_picture_can_be_drawn() {
        for (name, icon) in Icon::ALL {
            let text = std::str::from_utf8(icon.bytes).unwrap();
            assert!(!text.contains("currentColor"), "{name} cannot be tinted");
            let picture = egui_extras::image::load_svg_bytes(icon.bytes, &Default::default())
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            let drawn = picture.pixels.iter().filter(|pixel| pixel.a() > 128).count();
            assert!(drawn > 20, "{name} shows next to nothing");
            assert!(picture.pixels.iter().all(|pixel| pixel.r() == pixel.a()), "{name} is not white");
        }
    }
}
