//! Distances, corners and sizes, in points. Everything else in the window is made from these.

/// Distances between things.
pub mod space {
    /// 4 points.
    pub const XS: f32 = 4.0;
    /// 8 points.
    pub const S: f32 = 8.0;
    /// 12 points.
    pub const M: f32 = 12.0;
    /// 16 points.
    pub const L: f32 = 16.0;
    /// 20 points: the inset of a page.
    pub const XL: f32 = 20.0;
    /// 24 points.
    pub const XXL: f32 = 24.0;
}

/// Corners.
pub mod radius {
    /// Small things inside fields and buttons.
    pub const SMALL: u8 = 4;
    /// Buttons and fields.
    pub const NORMAL: u8 = 6;
    /// Cards, toasts, tooltips.
    pub const CARD: u8 = 8;
    /// Dialogs.
    pub const DIALOG: u8 = 12;
    /// Badges and chips: round ends.
    pub const PILL: u8 = 11;
}

/// Sizes of things.
pub mod size {
    /// Width of the sidebar.
    pub const SIDEBAR: f32 = 236.0;
    /// Width of the details at the right.
    pub const DETAILS: f32 = 352.0;
    /// Width of the details of a key, with its workbench.
    pub const DETAILS_WIDE: f32 = 420.0;
    /// Height of a page's header, without chips and tabs.
    pub const HEADER: f32 = 48.0;
    /// Height of the region bar.
    pub const REGION_BAR: f32 = 48.0;
    /// Height of a table row.
    pub const ROW: f32 = 38.0;
    /// Height of a table head.
    pub const TABLE_HEAD: f32 = 28.0;
    /// Height of a row in the sidebar.
    pub const NAV_ROW: f32 = 32.0;
    /// Height of a row of tabs.
    pub const TABS: f32 = 36.0;
    /// Height of a button.
    pub const BUTTON: f32 = 32.0;
    /// Height of a small button.
    pub const BUTTON_SMALL: f32 = 26.0;
    /// Height of a field.
    pub const FIELD: f32 = 32.0;
    /// Height of a field or a button that stands alone on a page.
    pub const FIELD_LARGE: f32 = 40.0;
    /// Height of a badge or a chip.
    pub const BADGE: f32 = 22.0;
    /// Side of an icon.
    pub const ICON: f32 = 16.0;
    /// Side of an icon in small things.
    pub const ICON_SMALL: f32 = 14.0;
    /// Side of the icon of an empty state.
    pub const ICON_LARGE: f32 = 40.0;
    /// Width of the names in a list of properties.
    pub const KEY_COLUMN: f32 = 104.0;
    /// Width of a retention bar.
    pub const RETENTION_BAR: f32 = 160.0;
    /// Width of a dialog.
    pub const DIALOG: f32 = 480.0;
    /// Width of the tooltip that explains.
    pub const TOOLTIP: f32 = 276.0;
    /// Thickness of hairlines and borders.
    pub const LINE: f32 = 1.0;
}
