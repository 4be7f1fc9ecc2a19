//! The one table of commands: menus print it, the palette lists it, shortcuts follow it.

use egui::{Context, Key, KeyboardShortcut, Modifiers};

use super::icons::Icon;

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

macro_rules! commands {
    ($($variant:ident: $text:literal, $icon:ident, $shortcut:expr;)+) => {
        /// Everything the window can be told without pointing at it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum UiCommand { $($variant),+ }

        impl UiCommand {
            /// Every command there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As menus and the palette print it.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Beside the text.
            pub const fn icon(self) -> Icon {
                match self { $(Self::$variant => Icon::$icon),+ }
            }

            /// The keys that call it.
            pub const fn shortcut(self) -> Option<KeyboardShortcut> {
                match self { $(Self::$variant => $shortcut),+ }
            }
        }
    };
}

#[expect(clippy::unnecessary_wraps, reason = "the table has commands without keys")]
const fn keys(modifiers: Modifiers, key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(modifiers, key))
}

commands! {
    Palette: "Search or run…", SEARCH, keys(CTRL, Key::K);
    New: "New secret…", PLUS, keys(CTRL, Key::N);
    NewKey: "New key…", FILE_KEY, keys(CTRL_SHIFT, Key::K);
    NewVault: "New vault…", VAULT, keys(CTRL_SHIFT, Key::N);
    Edit: "Edit details…", PENCIL, keys(Modifiers::NONE, Key::F2);
    NewVersion: "New version…", LAYERS, keys(CTRL, Key::E);
    CopyValue: "Copy value", COPY, keys(CTRL, Key::C);
    Reveal: "Reveal or hide value", EYE, keys(CTRL, Key::R);
    Delete: "Delete", TRASH, keys(Modifiers::NONE, Key::Delete);
    Filter: "Filter", FILTER, keys(CTRL, Key::F);
    Import: "Import secrets…", IMPORT, keys(CTRL, Key::I);
    ImportKey: "Import a key…", IMPORT, keys(CTRL_SHIFT, Key::I);
    Rotate: "Rotate key…", REFRESH, None;
    RotationPolicy: "Rotation policy…", CLOCK, None;
    SavePublic: "Save public key…", SAVE, None;
    Restore: "Restore a backup…", UPLOAD, None;
    RestoreKey: "Restore a key's backup…", UPLOAD, None;
    Backup: "Back up…", DOWNLOAD, None;
    ShowOverview: "Go to Overview", LIST, keys(CTRL, Key::Num1);
    ShowSecrets: "Go to Secrets", KEY, keys(CTRL, Key::Num2);
    ShowKeys: "Go to Keys", FILE_KEY, keys(CTRL, Key::Num3);
    ShowDeleted: "Go to Deleted", TRASH, keys(CTRL, Key::Num4);
    ShowAccess: "Go to Access", USERS, keys(CTRL, Key::Num5);
    ShowDeletedVaults: "Go to Deleted vaults", TRASH, None;
    ShowRegions: "Go to Regions", GLOBE, keys(CTRL_SHIFT, Key::R);
    ShowActivity: "Go to Activity", ACTIVITY, keys(CTRL_SHIFT, Key::A);
    ShowCost: "Go to Cost", TAG, None;
    ExportActivity: "Export activity…", SHARE, None;
    KeepActivity: "How long activity is kept…", CLOCK, None;
    Prices: "Prices…", PENCIL, None;
    ProtectVault: "Enable purge protection…", SHIELD_CHECK, None;
    DeleteVault: "Delete vault…", TRASH, None;
    ShowIdentities: "Go to Identities", USERS, keys(CTRL_SHIFT, Key::P);
    NewIdentity: "New identity…", USER, None;
    GrantAccess: "Grant access…", SHIELD, None;
    Outage: "Simulate a region outage…", ZAP, None;
    Return: "Let the region return", CORNER_UP_LEFT, None;
    ReplicaA: "Fail or return replica A", ZAP, None;
    ReplicaB: "Fail or return replica B", ZAP, None;
    Link: "Cut or mend the link", UNPLUG, None;
    CheckRegions: "Check every record…", SHIELD_CHECK, None;
    Travel: "Move the clock forward…", HISTORY, None;
    ResetClock: "Return to real time", CLOCK, None;
    ConfirmClock: "Confirm the clock…", CLOCK, None;
    SwitchCaller: "Act as somebody else…", USERS, None;
    Sidebar: "Show or hide the sidebar", PANEL_LEFT, keys(CTRL, Key::B);
    ThemeDark: "Dark theme", MOON, None;
    ThemeLight: "Light theme", SUN, None;
    ThemeSystem: "Theme as the system", MONITOR, None;
    Settings: "Settings…", SETTINGS, keys(CTRL, Key::Comma);
    Passphrase: "Change the passphrase…", KEY, None;
    Shortcuts: "Keyboard shortcuts", KEYBOARD, keys(Modifiers::NONE, Key::F1);
    Lock: "Lock", LOCK, keys(CTRL, Key::L);
    Quit: "Quit", LOG_OUT, keys(CTRL, Key::Q);
}

impl UiCommand {
    /// Its keys in words: `Ctrl+Shift+N`.
    pub fn keys(self, ctx: &Context) -> Option<String> {
        let keys = ctx.format_shortcut(&self.shortcut()?);
        // One key has a longer name than sign.
        Some(keys.replace("Comma", ","))
    }

    /// What its keys mean on the page of keys.
    #[must_use]
    pub const fn on_keys(self) -> Self {
        match self {
            Self::New => Self::NewKey,
            Self::NewVersion => Self::Rotate,
            Self::Import => Self::ImportKey,
            Self::Restore => Self::RestoreKey,
            other => other,
        }
    }

    /// Whether its keys belong to a text field while one has the cursor: it copies and deletes there.
    pub const fn is_for_text_too(self) -> bool {
        matches!(self, Self::CopyValue | Self::Delete | Self::Edit | Self::Reveal | Self::NewVersion)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_commands_share_their_keys() {
        for (place, command) in UiCommand::ALL.iter().enumerate() {
            for other in &UiCommand::ALL[place + 1..] {
                let shortcut = command.shortcut();
                assert!(shortcut.is_none() || shortcut != other.shortcut(), "{command:?} and {other:?}");
            }
        }
    }

    #[test]
    fn the_shortcuts_that_people_were_promised_are_there() {
        let has = |modifiers, key, command: UiCommand| assert_eq!(command.shortcut(), keys(modifiers, key));
        has(CTRL, Key::K, UiCommand::Palette);
        has(CTRL, Key::N, UiCommand::New);
        has(Modifiers::NONE, Key::F2, UiCommand::Edit);
        has(Modifiers::NONE, Key::Delete, UiCommand::Delete);
        has(CTRL, Key::C, UiCommand::CopyValue);
        has(CTRL, Key::F, UiCommand::Filter);
        has(CTRL, Key::L, UiCommand::Lock);
    }
}
