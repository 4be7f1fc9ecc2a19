//! Every part in every state: `gallery [dark|light] [page|fields|marks|overview|dialog|menu]`.

#![expect(clippy::wildcard_imports, reason = "shows every widget there is")]

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use eframe::egui;
use egui::{CentralPanel, Frame, Margin, Panel, Popup, ScrollArea, Sides, Stroke, Ui, UiBuilder};
use std::collections::BTreeMap;
use tresor::ui::{
    icons::Icon,
    theme::{self, Font, Tokens, Tone, size, space},
    widgets::*,
};

fn main() -> eframe::Result {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let theme = if words.iter().any(|word| word == "light") { egui::Theme::Light } else { egui::Theme::Dark };
    let shown = words.into_iter().find(|word| word != "light" && word != "dark").unwrap_or_else(|| "page".to_owned());
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default().with_inner_size([1280.0, 800.0]),
        renderer: eframe::Renderer::Glow,
        ..Default::default()
    };
    eframe::run_native(
        "Gallery",
        options,
        Box::new(move |cc| {
            theme::install(&cc.egui_ctx);
            cc.egui_ctx.set_theme(theme);
            Ok(Box::new(Gallery::new(shown)))
        }),
    )
}

struct Gallery {
    shown: String,
    filter: String,
    kind: u8,
    name: String,
    wrong: String,
    secret: String,
    value: String,
    content_type: String,
    expires: Option<NaiveDateTime>,
    tags: BTreeMap<String, String>,
    algorithm: &'static str,
    is_on: bool,
    is_ticked: bool,
    retention: u32,
    row: Option<usize>,
    toasts: Toasts<()>,
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day")
}

const NAMES: [(&str, Tone, &str, &str, &str, &str); 12] = [
    ("api-gateway-token", Tone::Ok, "Enabled", "12 Mar 2027", "2 hours ago", "4"),
    ("db-password", Tone::Ok, "Enabled", "—", "yesterday", "7"),
    ("github-deploy-key", Tone::Warn, "Expires in 6 days", "26 Nov 2026", "14 days ago", "2"),
    ("grafana-admin", Tone::Ok, "Enabled", "—", "21 days ago", "1"),
    ("mailgun-smtp", Tone::Neutral, "Disabled", "—", "2 months ago", "3"),
    ("oidc-client-secret", Tone::Danger, "Expired", "1 Nov 2026", "11 months ago", "5"),
    ("payments-webhook-hmac", Tone::Ok, "Enabled", "30 Jun 2027", "3 days ago", "2"),
    ("redis-url", Tone::Ok, "Enabled", "—", "5 days ago", "1"),
    ("s3-backup-credentials", Tone::Ok, "Enabled", "14 Feb 2027", "9 days ago", "6"),
    ("sentry-dsn", Tone::Ok, "Enabled", "—", "31 days ago", "1"),
    ("smtp-relay-password", Tone::Ok, "Enabled", "—", "40 days ago", "1"),
    ("stripe-restricted-key", Tone::Ok, "Enabled", "18 Jan 2027", "2 days ago", "3"),
];

impl Gallery {
    fn new(shown: String) -> Self {
        let mut toasts = Toasts::new();
        if shown == "page" {
            let undo = Some(("Undo".to_owned(), ()));
            toasts.push(600.0, Tone::Ok, "tmp-import-test deleted. Kept until 18 Feb 2027.", undo);
        }
        Self {
            shown,
            filter: String::new(),
            kind: 0,
            name: "old-db-password".to_owned(),
            wrong: "my secret".to_owned(),
            secret: "correct horse battery".to_owned(),
            value: "payroll batch 2026-11, EUR\nsecond line -> 0O1lI".to_owned(),
            content_type: String::new(),
            expires: None,
            tags: BTreeMap::from([("env".into(), "prod".into()), ("owner".into(), "payments".into())]),
            algorithm: "RSA-OAEP-256",
            is_on: true,
            is_ticked: true,
            retention: 90,
            row: Some(1),
            toasts,
        }
    }
}

impl eframe::App for Gallery {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let t = Tokens::of(ui);
        region_bar(ui, self.shown == "marks");
        let side = Frame::new().fill(t.panel).inner_margin(Margin { left: 8, right: 9, top: 12, bottom: 8 });
        Panel::left("sidebar")
            .exact_size(size::SIDEBAR)
            .frame(side)
            .resizable(false)
            .show_separator_line(false)
            .show(ui, |ui| self.sidebar(ui));
        match self.shown.as_str() {
            "fields" => self.padded(ui, Self::fields),
            "marks" => self.padded(ui, |_, ui| Self::marks(ui)),
            "overview" => self.padded(ui, |_, ui| Self::overview(ui)),
            "empty" => {
                CentralPanel::no_frame().frame(Frame::new().fill(t.background)).show(ui, |ui| {
                    let button = Button::primary("New secret").icon(Icon::PLUS);
                    EmptyState::new(
                        Icon::KEY,
                        "No secrets yet",
                        "A secret is a password, a connection string or any other text that only some may read.",
                    )
                    .button(button)
                    .show(ui)
                });
            }
            _ => self.page(ui),
        }
        if self.shown == "dialog" {
            self.dialog(ui.ctx());
        }
        self.toasts.show(ui.ctx(), 595.0 + ui.input(|input| input.time), ui.max_rect());
    }
}

fn region_bar(ui: &mut Ui, is_failed_over: bool) {
    let t = Tokens::of(ui);
    let fill = if is_failed_over { t.warn_soft } else { t.panel };
    let frame = Frame::new().fill(fill).inner_margin(Margin::symmetric(16, 0));
    let bar =
        Panel::bottom("regions").exact_size(size::REGION_BAR).frame(frame).show_separator_line(false).resizable(false);
    bar.show(ui, |ui| {
        let top = Stroke::new(1.0, if is_failed_over { t.warn } else { t.line });
        let rect = ui.max_rect().expand2(egui::vec2(16.0, 0.0));
        ui.painter().hline(rect.x_range(), rect.top() + 0.5, top);
        Sides::new().height(size::REGION_BAR).show(
            ui,
            |ui| {
                if is_failed_over {
                    dot(ui, Tone::Danger);
                    ui.label(theme::text::body("West Europe"));
                    ui.label(theme::text::body("outage since 14:02").color(t.dim));
                    region_link(ui, LinkState::FailedOver, 42.0, "failed over to");
                    ui.add_space(space::S);
                    dot(ui, Tone::Ok);
                    ui.label(theme::text::strong("North Europe"));
                    ui.add(Badge::new(Tone::Warn, "Read-only").icon(Icon::EYE_FILLED));
                    ui.label(theme::text::body("Reads, crypto operations and backup keep working.").color(t.dim));
                } else {
                    dot(ui, Tone::Ok);
                    ui.label(theme::text::strong("West Europe"));
                    region_link(ui, LinkState::Standby, 64.0, "paired with");
                    ring(ui);
                    ui.label(theme::text::body("North Europe").color(t.dim));
                    ui.label(theme::text::body("756 km").color(t.faint));
                    ui.add(Badge::new(Tone::Ok, "Read and write").icon(Icon::CIRCLE_CHECK_FILLED));
                    ui.add_space(6.0);
                    vertical_hairline(ui, 20.0);
                    ui.add_space(6.0);
                    ui.label(theme::text::body("In sync · 1,284 changes · lag 0 s").color(t.dim));
                }
            },
            |ui| {
                ui.add(Button::secondary("Simulate").icon(Icon::ZAP).trailing(Icon::CHEVRON_UP).small());
                ui.add_space(space::M);
                ui.label(theme::text::secondary("real time").color(t.faint));
                ui.label(Font::SecondaryMedium.text("20 Nov 2026, 14:02").color(t.dim));
                Icon::CALENDAR.show(ui, t.dim);
            },
        );
    });
}

impl Gallery {
    fn padded(&mut self, ui: &mut Ui, content: fn(&mut Self, &mut Ui)) {
        let frame = Frame::new().fill(Tokens::of(ui).background).inner_margin(Margin::same(20));
        CentralPanel::no_frame().frame(frame).show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| content(self, ui));
        });
    }

    fn sidebar(&mut self, ui: &mut Ui) {
        let t = Tokens::of(ui);
        let edge = ui.max_rect().expand2(egui::vec2(9.0, 12.0));
        ui.painter().vline(edge.right() - 0.5, edge.y_range(), Stroke::new(1.0, t.line));
        ui.spacing_mut().item_spacing.y = 2.0;
        Sides::new().height(32.0).show(
            ui,
            |ui| {
                ui.add_space(8.0);
                Icon::LOGO.show_sized(ui, 20.0, t.accent);
                ui.label(theme::text::panel_title("Tresor"));
            },
            |ui| ui.add(IconButton::new(Icon::PANEL_LEFT, "Hide sidebar").selected(true)),
        );
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            ui.add_space(4.0);
            ui.add(SearchField::new(&mut self.filter, "Search or run…").icon(Icon::SEARCH).keys("Ctrl K").width(211.0));
        });
        ui.add_space(16.0);
        section_label(ui, "Vaults", Some((Icon::PLUS, "New vault")));
        let vaults = [
            ("contoso-prod", true, "16", true),
            ("contoso-staging", false, "9", false),
            ("billing-eu", false, "31", true),
            ("a-vault-with-a-very-long-name-in-it", false, "4", true),
        ];
        for (name, is_selected, count, is_protected) in vaults {
            let icon = if is_selected { Icon::VAULT_FILLED } else { Icon::VAULT };
            let mut item = NavItem::new(icon, name).selected(is_selected).count(count);
            if is_protected {
                item = item.trailing(Icon::SHIELD_CHECK, "Purge protection is on");
            }
            ui.add(item);
        }
        ui.add_space(4.0);
        ui.add(NavItem::new(Icon::TRASH, "Deleted vaults").count("2"));
        ui.add_space(14.0);
        section_label(ui, "Store", None);
        ui.add(NavItem::new(Icon::GLOBE, "Regions"));
        ui.add(NavItem::new(Icon::USERS, "Identities"));
        ui.add(NavItem::new(Icon::ACTIVITY, "Activity"));
        ui.add(NavItem::new(Icon::PLUG, "Local endpoint").count("off"));
        let bottom = ui.max_rect().bottom() - 82.0;
        ui.add_space(bottom - ui.cursor().top());
        ui.add(PersonButton::new("Security officer", "can purge"));
        ui.add_space(4.0);
        Sides::new().height(32.0).show(
            ui,
            |ui| ui.add(Button::ghost("Lock").icon(Icon::LOCK).shortcut("Ctrl L")),
            |ui| {
                ui.add(IconButton::new(Icon::SUN, "Theme"));
                ui.add(IconButton::new(Icon::SETTINGS, "Settings"));
            },
        );
    }

    fn page(&mut self, ui: &mut Ui) {
        let t = Tokens::of(ui);
        let head = Frame::new().fill(t.background).inner_margin(Margin { left: 20, right: 20, top: 14, bottom: 0 });
        let panel = Panel::top("head").exact_size(119.0).frame(head).resizable(false).show_separator_line(false);
        panel.show(ui, |ui| {
            let rect = ui.max_rect().expand2(egui::vec2(20.0, 0.0));
            ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.line));
            ui.spacing_mut().item_spacing.y = 4.0;
            Sides::new().height(32.0).show(
                ui,
                |ui| {
                    ui.label(theme::text::page_title("contoso-prod"));
                    ui.add(IconButton::new(Icon::COPY, "Copy name").small());
                },
                |ui| {
                    ui.add(IconButton::new(Icon::ELLIPSIS, "More").framed());
                    ui.add(Button::primary("New secret").icon(Icon::PLUS).shortcut("Ctrl N"));
                    ui.add(Button::secondary("Restore").icon(Icon::UPLOAD));
                },
            );
            ui.horizontal(|ui| {
                ui.add(Chip::new("West Europe").icon(Icon::MAP_PIN));
                ui.add(Chip::new("Standard"));
                ui.add(Chip::new("90-day retention").icon(Icon::CLOCK));
                ui.add(Badge::new(Tone::Ok, "Purge protection").icon(Icon::SHIELD_CHECK_FILLED));
            });
            ui.add_space(5.0);
            let tab = |place, name, count| Tab { place, name, count };
            let all = [
                tab(0, "Overview", None),
                tab(1, "Secrets", Some(12)),
                tab(2, "Keys", Some(4)),
                tab(3, "Certificates", Some(2)),
                tab(4, "Deleted", Some(5)),
                tab(5, "Access", Some(3)),
            ];
            tabs(ui, &all, if self.shown == "deleted" { 4 } else { 1 });
        });
        if self.shown == "deleted" {
            let frame = Frame::new().fill(t.background);
            CentralPanel::no_frame().frame(frame).show(ui, |ui| self.deleted(ui));
            return;
        }
        let frame = Frame::new().fill(t.panel).inner_margin(Margin::same(16));
        let details =
            Panel::right("details").exact_size(size::DETAILS).frame(frame).resizable(false).show_separator_line(false);
        details.show(ui, Self::details);
        CentralPanel::no_frame().frame(Frame::new().fill(t.background)).show(ui, |ui| self.secrets(ui));
    }

    fn toolbar(&mut self, ui: &mut Ui, hint: &str, right: impl FnOnce(&mut Ui)) {
        ui.add_space(12.0);
        ui.scope_builder(
            UiBuilder::new().max_rect(ui.available_rect_before_wrap().shrink2(egui::vec2(20.0, 0.0))),
            |ui| {
                Sides::new().height(32.0).show(
                    ui,
                    |ui| {
                        ui.add(SearchField::new(&mut self.filter, hint));
                        let choices = [(0, "All"), (1, "Expiring"), (2, "Disabled")];
                        Segmented::new("Show", &mut self.kind, &choices).show(ui);
                    },
                    right,
                );
            },
        );
    }

    fn secrets(&mut self, ui: &mut Ui) {
        let t = Tokens::of(ui);
        self.toolbar(ui, "Filter secrets", |ui| {
            ui.label(theme::text::body("12 secrets").color(t.dim));
        });
        ui.add_space(2.0);
        let columns = [
            TableColumn::share("Name", 2.0).sortable(Some(Direction::Up)),
            TableColumn::share("Status", 1.4).sortable(None),
            TableColumn::share("Expires", 1.0).sortable(None),
            TableColumn::share("Updated", 1.0).sortable(None),
            TableColumn::exact("Versions", 70.0).right(),
        ];
        let is_long = self.shown == "long";
        let rows = if is_long { 100_000 } else { NAMES.len() };
        let output = Table::new("secrets", &columns, rows).selected(self.row).show(ui, |row| {
            let (name, tone, status, expires, updated, versions) = NAMES[row.index % NAMES.len()];
            row.name(row.index, name);
            row.cell(|ui| ui.add(Badge::new(tone, status)));
            row.text(expires);
            row.text(updated);
            row.text(versions);
        });
        self.row = output.selected().or(self.row);
    }

    fn deleted(&mut self, ui: &mut Ui) {
        self.toolbar(ui, "Filter deleted items", |ui| {
            ui.add(
                Button::secondary("Recover selected").icon(Icon::RECOVER).disabled_because(Some("Select items first")),
            );
        });
        ui.add_space(4.0);
        ui.scope_builder(UiBuilder::new().max_rect(ui.available_rect_before_wrap().shrink2(egui::vec2(20.0, 0.0))), |ui| {
            Banner::new(Tone::Ok)
                .icon(Icon::SHIELD_CHECK_FILLED)
                .text("Purge protection is on. Nothing here can be purged early; each item is removed for good when its retention ends.")
                .ui(ui)
        });
        ui.add_space(4.0);
        let columns = [
            TableColumn::share("Name", 1.5),
            TableColumn::share("Kind", 1.0),
            TableColumn::share("Deleted", 1.8),
            TableColumn::exact("Retention", 270.0),
            TableColumn::exact("", 180.0).right(),
        ];
        let items = [
            ("old-db-password", "Secret", "by Developer · 86 days ago", 0.96, 3, "3 days 4 h left"),
            ("legacy-signing", "Key · RSA 2048", "by Key admin · 61 days ago", 0.68, 28, "28 days left"),
            ("partner-api-token", "Secret", "by Developer · 30 days ago", 0.33, 60, "60 days left"),
            ("www-contoso-com", "Certificate", "by Key admin · 12 days ago", 0.13, 77, "77 days left"),
            ("tmp-import-test", "Secret", "by you · 4 minutes ago", 0.0, 89, "89 days left"),
        ];
        let output = Table::new("deleted", &columns, items.len()).selected(self.row).show(ui, |row| {
            let (name, kind, by, used, days, left) = items[row.index];
            row.name(name, name);
            row.text(kind);
            row.text(by);
            row.cell(|ui| ui.add(Retention::new(used, days, left)));
            row.cell(|ui| {
                let why =
                    "Purge protection is on for contoso-prod. This key is removed automatically on 19 Dec 2026, 09:30.";
                ui.add(Button::danger_quiet("Purge").icon(Icon::FLAME).small().disabled_because(Some(why)));
                ui.add(Button::secondary("Recover").icon(Icon::RECOVER).small());
            });
        });
        self.row = output.selected().or(self.row);
    }

    fn details(ui: &mut Ui) {
        let t = Tokens::of(ui);
        let edge = ui.max_rect().expand(16.0);
        ui.painter().vline(edge.left() + 0.5, edge.y_range(), Stroke::new(1.0, t.line));
        Sides::new().shrink_left().truncate().height(26.0).show(
            ui,
            |ui| ui.label(theme::text::panel_title("db-password")),
            |ui| ui.add(IconButton::new(Icon::X, "Close").shortcut("Esc")),
        );
        ui.add_space(4.0);
        Card::new().sunken().show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            Sides::new().height(28.0).show(
                ui,
                |ui| field_label(ui, "Value"),
                |ui| {
                    ui.add(CopyButton::new(Some(CopyRing { fraction_left: 0.7, seconds_left: 21 })));
                    ui.add(Button::ghost("Reveal").icon(Icon::EYE).small());
                },
            );
            ui.label(theme::text::mono("••••••••••••••••••••••••"));
        });
        ui.add_space(4.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        KeyValue::new("Status").show(ui, |ui| ui.add(Badge::new(Tone::Ok, "Enabled")));
        key_value(ui, "Content type", Some("text/plain"));
        key_value(ui, "Activates", None);
        key_value(ui, "Expires", None);
        key_value(ui, "Recovery level", Some("Recoverable"));
        ui.add_space(10.0);
        field_label(ui, "Tags");
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            ui.add(Chip::new("env = prod"));
            ui.add(Chip::new("owner = payments"));
        });
        ui.add_space(12.0);
        Sides::new().show(ui, |ui| field_label(ui, "Versions"), |ui| ui.label(theme::text::body("7").color(t.dim)));
        ui.add_space(6.0);
        for (index, (version, when)) in
            [("6f1c0a…d92e", "yesterday, 09:14"), ("a07b33…18c4", "14 Oct 2026"), ("0d2e91…77fa", "2 Aug 2026")]
                .into_iter()
                .enumerate()
        {
            Sides::new().height(30.0).show(
                ui,
                |ui| {
                    if index == 0 {
                        dot(ui, Tone::Accent)
                    } else {
                        ring(ui)
                    };
                    ui.label(theme::text::mono(version));
                    if index == 0 {
                        ui.add(Badge::new(Tone::Accent, "current"));
                    }
                },
                |ui| ui.label(theme::text::body(when).color(t.dim)),
            );
        }
        ui.add_space(ui.available_height() - 32.0);
        Sides::new().height(32.0).show(
            ui,
            |ui| {
                ui.add(Button::secondary("New version").icon(Icon::PENCIL));
                ui.add(Button::secondary("Backup").icon(Icon::DOWNLOAD));
            },
            |ui| ui.add(IconButton::new(Icon::TRASH, "Delete").framed().tone(Tone::Danger)),
        );
    }

    fn dialog(&mut self, ctx: &egui::Context) {
        Dialog::new("new secret", "New secret")
            .icon(Icon::CLOCK, Tone::Accent)
            .error(Some("The store could not be written: the disk is full."))
            .show(
                ctx,
                |ui| {
                    ui.spacing_mut().item_spacing.y = 8.0;
                    ui.add(TextField::new(&mut self.name).label("Name").warning(Some("")));
                    Banner::new(Tone::Warn)
                        .icon(Icon::CLOCK_FILLED)
                        .title("A deleted secret holds this name until 23 Nov 2026")
                        .show(ui, |ui| {
                            ui.horizontal(|ui| {
                                ui.add(Button::secondary("Recover it").icon(Icon::RECOVER).small());
                                ui.add(
                                    Button::danger_quiet("Purge it")
                                        .icon(Icon::FLAME)
                                        .small()
                                        .disabled_because(Some("You may not purge.")),
                                );
                                ui.add(Button::secondary("Use old-db-password-2").small());
                            });
                        });
                    ui.add_space(4.0);
                    Sides::new().height(24.0).show(
                        ui,
                        |ui| field_label(ui, "Value"),
                        |ui| ui.add(Button::ghost("Generate…").icon(Icon::DICES).small()),
                    );
                    ui.add(
                        TextField::new(&mut self.secret)
                            .name("Value")
                            .password()
                            .mono()
                            .rows(3)
                            .note("20 characters")
                            .note_right("20 of 25,600 bytes"),
                    );
                    ui.columns_const(|[left, right]| {
                        left.add(TextField::new(&mut self.content_type).label("Content type").hint("optional"));
                        let _input = DateField::new("Expires", &mut self.expires, today()).show(right);
                    });
                },
                |ui| {
                    ui.add(Button::primary("Create secret").disabled_because(Some("The name is taken.")));
                    ui.add(Button::secondary("Cancel"));
                },
            );
    }

    fn fields(&mut self, ui: &mut Ui) {
        ui.columns_const(|[left, right]| {
            left.spacing_mut().item_spacing.y = 14.0;
            left.add(
                TextField::new(&mut self.content_type)
                    .label("Name")
                    .hint("db-password")
                    .note("Letters, digits and hyphens"),
            );
            left.add(
                TextField::new(&mut self.wrong)
                    .label("With an error")
                    .error(Some("A name has only letters, digits and hyphens")),
            );
            left.add(
                TextField::new(&mut self.name)
                    .label("With a warning")
                    .warning(Some("A deleted secret holds this name")),
            );
            left.add(
                TextField::new(&mut self.secret)
                    .name("Passphrase")
                    .icon(Icon::LOCK)
                    .hint("Passphrase")
                    .password()
                    .large(),
            );
            left.add(TextField::new(&mut self.value).label("Plaintext").mono().rows(3).note_right("27 of 318 bytes"));
            let options = ["RSA-OAEP", "RSA-OAEP-256", "RSA1_5"];
            SelectField::new("Algorithm", &mut self.algorithm, &options)
                .labelled()
                .show(left, |name| (*name).to_owned());
            SelectField::new("Region", &mut self.algorithm, &options)
                .disabled_because(Some("It cannot be changed later."))
                .show(left, |name| (*name).to_owned());
            right.spacing_mut().item_spacing.y = 14.0;
            let _input = DateField::new("Expires", &mut self.expires, today()).show(right);
            right.add(TagsEditor::new(&mut self.tags, 15));
            let _input = Slider::new("Retention", &mut self.retention, 7..=90, "days").show(right);
            right.add(Toggle::new(&mut self.is_on, "Enabled"));
            right.add(Toggle::new(&mut self.is_on, "Purge protection").disabled_because(Some("Once on, it stays on.")));
            right.add(Checkbox::new(&mut self.is_ticked, "Keep me signed in"));
            right.add(Checkbox::without_text(&mut self.is_ticked, "Select row"));
            let choices = [(0, "All"), (1, "Expiring"), (2, "Disabled")];
            Segmented::new("Kind", &mut self.kind, &choices).show(right);
            right.horizontal(|ui| {
                for (index, name) in ["Encrypt", "Decrypt", "Wrap", "Unwrap"].into_iter().enumerate() {
                    ui.add(Button::choice(index == 0, name));
                }
            });
            right.horizontal(|ui| {
                ui.add(Button::primary("Primary"));
                ui.add(Button::secondary("Secondary"));
                ui.add(Button::ghost("Ghost"));
                ui.add(Button::danger("Danger"));
                ui.add(Button::danger_quiet("Purge…").icon(Icon::FLAME));
            });
            right.horizontal(|ui| {
                let why = Some("The vault is read-only.");
                ui.add(Button::primary("Primary").disabled_because(why));
                ui.add(Button::secondary("Secondary").disabled_because(why));
                ui.add(Button::ghost("Ghost").disabled_because(why));
                ui.add(Button::danger("Danger").disabled_because(why));
                ui.add(Button::danger_quiet("Purge…").icon(Icon::FLAME).disabled_because(why));
            });
            right.add(Button::primary("Unlock").large().full_width());
            right.horizontal(|ui| {
                quiet_link(ui, "Open another store…");
                link(ui, "Undo");
                key_hint(ui, "Ctrl K");
                let menu = ui.add(Button::secondary("Menu").trailing(Icon::CHEVRON_DOWN).small());
                let ok: Result<(), String> = Ok(());
                Popup::menu(&menu).frame(popup_frame(Tokens::of(ui))).width(220.0).show(|ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    menu_title(ui, "Secret");
                    menu_item(ui, Some(Icon::COPY), "Copy value", Some("Ctrl C"), &ok);
                    menu_item(ui, Some(Icon::PENCIL), "Edit…", Some("F2"), &Err("The vault is read-only."));
                    menu_separator(ui);
                    menu_item(ui, Some(Icon::TRASH), "Delete", Some("Del"), &ok);
                });
            });
        });
    }

    fn marks(ui: &mut Ui) {
        let t = Tokens::of(ui);
        ui.horizontal(|ui| {
            for (tone, text) in [
                (Tone::Ok, "Enabled"),
                (Tone::Warn, "Expires in 6 days"),
                (Tone::Danger, "Expired"),
                (Tone::Neutral, "Disabled"),
                (Tone::Accent, "current"),
            ] {
                ui.add(Badge::new(tone, text));
            }
            ui.add(Chip::new("West Europe").icon(Icon::MAP_PIN));
            ui.add(Avatar::new("Security officer"));
            spinner(ui, "Working");
            ui.add(CopyButton::new(None));
            ui.add(CopyButton::new(Some(CopyRing { fraction_left: 0.3, seconds_left: 9 })));
        });
        for (tone, icon) in [
            (Tone::Ok, Icon::SHIELD_CHECK_FILLED),
            (Tone::Warn, Icon::CLOCK_FILLED),
            (Tone::Danger, Icon::TRIANGLE_ALERT_FILLED),
            (Tone::Accent, Icon::INFO_FILLED),
        ] {
            Banner::new(tone)
                .icon(icon)
                .title("2 items will be purged for good")
                .text("The store's clock is simulated. Moving it ends retention periods just as waiting would.")
                .ui(ui);
        }
        ui.add(ProgressBar::new("Opening", 0.4));
        for state in [
            LinkState::InSync,
            LinkState::FailedOver,
            LinkState::FailingOver,
            LinkState::FailingBack,
            LinkState::Cut,
            LinkState::Standby,
        ] {
            region_link(ui, state, 300.0, "link");
        }
        let mut x = 0;
        ui.horizontal_wrapped(|ui| {
            for (_, icon) in Icon::ALL {
                icon.show_sized(ui, if x == 0 { 40.0 } else { 20.0 }, t.text);
                x += 1;
            }
        });
        for (used, days, text) in [(0.96, 3, "3 days left"), (0.68, 28, "28 days left"), (0.3, 60, "60 days left")] {
            ui.add(Retention::new(used, days, text));
        }
    }

    fn overview(ui: &mut Ui) {
        let t = Tokens::of(ui);
        ui.spacing_mut().item_spacing.x = 12.0;
        ui.columns_const(|[a, b, c, d, e]| {
            a.add(StatCard::new("12", "secrets"));
            b.add(StatCard::new("4", "keys"));
            c.add(StatCard::new("2", "certificates"));
            d.add(StatCard::new("2", "expire within 14 days").tone(Tone::Warn));
            e.add(StatCard::new("5", "in the bin"));
        });
        ui.add_space(8.0);
        let from = today().and_hms_opt(14, 2, 0).expect("a time");
        let mark = |days: i64, name: &str, tone| TimelineMark {
            at: from + TimeDelta::days(days),
            name: name.to_owned(),
            tone,
        };
        let marks = [
            mark(3, "old-db-password", Tone::Danger),
            mark(6, "github-deploy-key", Tone::Warn),
            mark(29, "legacy-signing", Tone::Danger),
            mark(59, "stripe-restricted-key", Tone::Accent),
            mark(60, "partner-api-token", Tone::Danger),
            mark(77, "s3-backup-credentials", Tone::Accent),
            mark(78, "www-contoso-com", Tone::Danger),
            mark(89, "tmp-import-test", Tone::Danger),
        ];
        let legend = [(Tone::Accent, "expires"), (Tone::Warn, "expires soon"), (Tone::Danger, "removed from the bin")];
        ui.horizontal_top(|ui| {
            ui.allocate_ui(egui::vec2(556.0, 100.0), |ui| {
                Card::new().title("What ends when").show(ui, |ui| {
                    ui.label(theme::text::body("Next 90 days: expiry and automatic removal").color(t.dim));
                    ui.add(Timeline { from, to: from + TimeDelta::days(90), marks: &marks, legend: &legend });
                });
            });
            Card::new().title("Properties").show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                key_value_mono(ui, "Vault URI", "https://contoso-prod.vault.azure.net");
                key_value(ui, "Location", Some("West Europe, paired with North Europe"));
                key_value(ui, "Soft delete", Some("On, 90 days"));
                key_value(ui, "Created", None);
            });
        });
        ui.add_space(8.0);
        Card::new().title("Lately").show(ui, |ui| {
            let bars: Vec<Bar> = (0..96_u32)
                .map(|index| Bar {
                    amount: (index * 7919 % 31 + 4) as f32,
                    tone: if index % 23 == 7 { Tone::Danger } else { Tone::Accent },
                })
                .collect();
            ui.add(Sparkline::new("Requests in the last day", &bars));
            hairline(ui);
            ui.label("Plain egui text, and a button it draws by itself:");
            let _ = ui.button("egui");
        });
    }
}
