//! Everything by name: commands, vaults, secrets, keys (Ctrl+K).

mod search;

use std::sync::Arc;

use egui::{
    Align2, Context, CornerRadius, Frame, Galley, Id, Key, Margin, Modal, Modifiers, Rect, Response, Role, ScrollArea,
    Sense, Stroke, Ui, UiBuilder, Vec2, WidgetInfo, pos2, text::LayoutJob, vec2,
};

use self::search::{Entry, MOST_SHOWN, Offer, Search, Seen};
use super::{Dialog, Typed, Waiting};
use crate::{
    domain::refusal::grouped,
    ui::{
        action::Action,
        command::UiCommand,
        commands,
        icons::Icon,
        objects,
        route::{Route, Tab},
        scene::{Page, Scene},
        theme::{Font, Tokens, dialog_shadow, radius, size, space},
        widgets::{SearchField, hairline, key_hint},
    },
};

/// The list of everything that can be run or gone to.
pub(in crate::ui) struct Palette {
    page: Page,
    typed: String,
    search: Search,
    cursor: usize,
    /// Where the cursor was when the lines were drawn last.
    drawn: Option<usize>,
    offset: f32,
    is_new: bool,
}

const WIDTH: f32 = 600.0;
const LINE: f32 = 36.0;
const LINES: f32 = 10.0;
/// So many secrets are scored in a frame: a few milliseconds.
const PART: usize = 4_000;

impl Palette {
    /// A list over `page`: what is selected there, commands are about.
    pub(in crate::ui) fn over(page: &Page) -> Self {
        let page = Page { selected: page.selected.clone(), kind: page.kind, version: page.version, ..Page::default() };
        Self { page, typed: String::new(), search: Search::new(), cursor: 0, drawn: None, offset: 0.0, is_new: true }
    }

    /// All commands but this one, with why one cannot be run; those that can come first.
    fn commands(&self, scene: &Scene<'_>) -> Vec<Offer> {
        let all = UiCommand::ALL.iter().filter(|command| **command != UiCommand::Palette);
        let why_not = |command| commands::actions_for(command, scene, &self.page).err();
        let mut commands: Vec<_> = all
            .map(|&command| Offer { command, text: commands::text_of(command, scene), why_not: why_not(command) })
            .collect();
        commands.sort_by_key(|offer| offer.why_not.is_some());
        commands
    }

    fn body(&mut self, ui: &mut Ui, scene: &Scene<'_>) -> Option<Entry> {
        // The field would take these keys for itself.
        let pressed = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        let (down, up) = (pressed(Key::ArrowDown), pressed(Key::ArrowUp));
        let (page_down, page_up) = (pressed(Key::PageDown), pressed(Key::PageUp));
        let is_chosen = pressed(Key::Enter) > 0;
        let field = SearchField::new(&mut self.typed, "Search or run")
            .icon(Icon::SEARCH)
            .width(ui.available_width())
            .focus(self.is_new);
        let has_typed = ui.add(field).changed();
        self.is_new = false;
        let commands = self.commands(scene);
        let vaults = &scene.view.world.vaults;
        let seen = vaults.live().map(|vault| {
            let [secrets, keys] = objects::listed(scene, vault);
            Seen { vault: scene.knows(vault.name()), secrets, keys }
        });
        self.search.look_for(self.typed.trim_start(), &commands, vaults, seen.collect());
        // Who presses Enter means what is best of all.
        self.search.go_on(if is_chosen { usize::MAX } else { PART });
        if !self.search.is_done() {
            ui.ctx().request_repaint();
        }
        let entries = self.search.best().to_vec();
        let last = entries.len().saturating_sub(1);
        if has_typed {
            self.cursor = 0;
            self.drawn = None;
        }
        let page = LINES as usize - 1;
        self.cursor = (self.cursor.min(last) + down + page * page_down).min(last);
        self.cursor = self.cursor.saturating_sub(up + page * page_up);
        ui.add_space(space::XS);
        hairline(ui);
        let clicked = if entries.is_empty() {
            let text = Font::Body.text(format!("Nothing matches “{}”", self.typed)).color(Tokens::of(ui).dim);
            ui.add_space(space::M);
            ui.vertical_centered(|ui| ui.label(text));
            None
        } else {
            self.list(ui, &entries, &commands)
        };
        if self.search.found() > MOST_SHOWN {
            let found = grouped(self.search.found());
            let text = format!("The best {MOST_SHOWN} of {found}: type on to see others");
            ui.label(Font::Small.text(text).color(Tokens::of(ui).dim));
        }
        let chosen = clicked.or(is_chosen.then_some(self.cursor))?;
        let can_be_run = |entry: &&Entry| offer_of(entry, &commands).is_none_or(|offer| offer.why_not.is_none());
        entries.get(chosen).filter(can_be_run).cloned()
    }

    /// Draws the lines in sight; which was clicked.
    fn list(&mut self, ui: &mut Ui, entries: &[Entry], commands: &[Offer]) -> Option<usize> {
        let (top, bottom) = (self.cursor as f32 * LINE, (self.cursor + 1) as f32 * LINE);
        let height = LINE * LINES.min(entries.len() as f32);
        let has_moved = self.drawn.replace(self.cursor) != Some(self.cursor);
        let mut area = ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, true]);
        if has_moved {
            let wanted = self.offset.clamp((bottom - height).max(0.0), top.max(0.0));
            area = area.vertical_scroll_offset(wanted);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut clicked = None;
        let shown = area.show_rows(ui, LINE, entries.len(), |ui, lines| {
            for index in lines {
                let offer = offer_of(&entries[index], commands);
                let response = self.line(ui, &entries[index], index == self.cursor, offer);
                if response.clicked() {
                    clicked = Some(index);
                }
            }
        });
        self.offset = shown.state.clamped_offset().y;
        clicked
    }

    fn line(&mut self, ui: &mut Ui, entry: &Entry, is_under_cursor: bool, offer: Option<&Offer>) -> Response {
        let t = Tokens::of(ui);
        let reason = offer.and_then(|offer| offer.why_not.as_deref());
        let (icon, text, beside) = match entry {
            Entry::Command(command) => (
                command.icon(),
                offer.map_or(command.text(), |offer| &offer.text),
                reason.unwrap_or_default().to_owned(),
            ),
            Entry::Vault(vault) => (Icon::VAULT, vault.name().as_str(), "Go to vault".into()),
            Entry::Secret(vault, secret) => {
                (Icon::KEY, secret.name().as_str(), format!("Go to secret in {}", vault.name()))
            }
            Entry::Key(vault, key) => (Icon::FILE_KEY, key.name().as_str(), format!("Go to key in {}", vault.name())),
        };
        let keys = match entry {
            Entry::Command(command) => command.keys(ui.ctx()),
            Entry::Vault(_) | Entry::Secret(..) | Entry::Key(..) => None,
        };
        let sense = if reason.is_none() { Sense::CLICK } else { Sense::HOVER };
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), sense);
        let name = if let Entry::Command(_) = entry { text.to_owned() } else { format!("{beside} {text}") };
        response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, reason.is_none(), is_under_cursor, &name));
        if let Some(reason) = reason {
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(reason));
        }
        if is_under_cursor {
            ui.painter().rect_filled(rect, CornerRadius::same(radius::NORMAL), t.selection);
        } else if response.hovered() {
            ui.painter().rect_filled(rect, CornerRadius::same(radius::NORMAL), t.hover);
        }
        let (middle, mut right) = (rect.center().y, rect.right() - space::M);
        let colour = if reason.is_none() { t.text } else { t.faint };
        icon.paint_centred(
            ui,
            pos2(rect.left() + 22.0, middle),
            size::ICON,
            if reason.is_none() { t.dim } else { t.faint },
        );
        if let Some(keys) = keys {
            let place = Rect::from_center_size(pos2(right - 40.0, middle), vec2(80.0, LINE));
            let layout = egui::Layout::right_to_left(egui::Align::Center);
            let builder = UiBuilder::new().max_rect(place).layout(layout);
            let hint = ui.scope_builder(builder, |ui| key_hint(ui, &keys)).inner;
            right = hint.rect.left() - space::M;
        }
        let left = rect.left() + 42.0;
        let matched = self.search.matched(text.trim_end_matches('…'));
        let galley = highlighted(ui, text, &matched, colour, right - left);
        let end = left + galley.size().x + space::L;
        ui.painter().galley(Align2::LEFT_CENTER.anchor_size(pos2(left, middle), galley.size()).min, galley, colour);
        let galley = Font::Secondary.layout(ui, &beside, t.dim, (right - end).max(0.0));
        ui.painter().galley(Align2::RIGHT_CENTER.anchor_size(pos2(right, middle), galley.size()).min, galley, t.dim);
        response
    }
}

/// The offer that an entry is, if it is a command.
fn offer_of<'a>(entry: &Entry, commands: &'a [Offer]) -> Option<&'a Offer> {
    let Entry::Command(command) = entry else { return None };
    commands.iter().find(|offer| offer.command == *command)
}

/// `text` with the characters at `matched` standing out.
fn highlighted(ui: &Ui, text: &str, matched: &[u32], colour: egui::Color32, width: f32) -> Arc<Galley> {
    let accent = Tokens::of(ui).accent;
    let wrap = egui::text::TextWrapping::truncate_at_width(width);
    let mut job = LayoutJob { wrap, ..LayoutJob::default() };
    let (plain, marked) = (Font::Body.format(colour), Font::Strong.format(accent));
    let mut run = String::new();
    let mut is_marked = false;
    for (place, character) in (0..).zip(text.chars()) {
        if matched.binary_search(&place).is_ok() != is_marked {
            job.append(&std::mem::take(&mut run), 0.0, if is_marked { marked.clone() } else { plain.clone() });
            is_marked = !is_marked;
        }
        run.push(character);
    }
    job.append(&run, 0.0, if is_marked { marked } else { plain });
    ui.painter().layout_job(job)
}

impl Dialog for Palette {
    /// What is looked for is typed again in no time.
    fn would_lose(&self, _: Typed) -> bool {
        false
    }

    fn show(&mut self, ctx: &Context, scene: &Scene<'_>, _waiting: &Waiting, actions: &mut Vec<Action>) {
        let t = Tokens::of_ctx(ctx);
        let id = Id::unique("palette");
        let frame = Frame::new()
            .fill(t.panel)
            .stroke(Stroke::new(size::LINE, t.line_strong))
            .corner_radius(CornerRadius::same(radius::DIALOG))
            .inner_margin(Margin::same(10))
            .shadow(dialog_shadow(t));
        let area =
            Modal::default_area(id).accessible_name("Search or run").anchor(Align2::CENTER_TOP, Vec2::new(0.0, 72.0));
        let modal = Modal::new(id).area(area).frame(frame).backdrop_color(t.backdrop);
        let shown = modal.show(ctx, |ui| {
            ui.set_width(WIDTH.min(ctx.content_rect().width() - 60.0));
            self.body(ui, scene)
        });
        let should_close = shown.should_close();
        let Some(chosen) = shown.inner else {
            if should_close {
                actions.push(Action::CloseDialog);
            }
            return;
        };
        actions.push(Action::CloseDialog);
        match chosen {
            Entry::Command(command) => actions.push(Action::Run(command)),
            Entry::Vault(vault) => actions.push(Action::Go(Route::Vault(vault.name().clone(), Tab::Secrets))),
            Entry::Secret(vault, secret) => {
                actions.push(Action::Go(Route::Vault(vault.name().clone(), Tab::Secrets)));
                actions.push(Action::Select(Some(secret.name().clone())));
            }
            Entry::Key(vault, key) => {
                actions.push(Action::Go(Route::Vault(vault.name().clone(), Tab::Keys)));
                actions.push(Action::Select(Some(key.name().clone())));
            }
        }
    }
}
