//! The roles that hold in a vault: given everywhere, in the vault, and for single things in it.

use egui::Ui;

use crate::{
    domain::{Operation, RoleAssignment, Scope, Target, Vault},
    service::{AccessCommand, Command},
    ui::{
        action::{Action, After},
        grant_words,
        icons::Icon,
        scene::{AccessPage, Scene},
        widgets::{IconButton, Table, TableColumn},
        words::capitalised,
    },
};

/// Draws it.
pub(super) fn show(ui: &mut Ui, scene: &Scene<'_>, vault: &Vault, page: &mut AccessPage, actions: &mut Vec<Action>) {
    let world = &scene.view.world;
    let mut rows: Vec<&RoleAssignment> = vault.access.all_assignments().chain(world.directory.assignments()).collect();
    let name = |given: &RoleAssignment| grant_words::identity(world, given.identity);
    rows.sort_by_cached_key(|given| (name(given).to_lowercase(), given.scope.clone(), given.role));
    let columns = [
        TableColumn::share("Identity", 3.0),
        TableColumn::share("Role", 4.0),
        TableColumn::share("Where it holds", 3.0),
        TableColumn::exact("", 44.0).right(),
    ];
    let asker = page.asker.and_then(|asker| rows.iter().position(|given| given.identity == asker));
    let output = Table::new("Role assignments", &columns, rows.len()).selected(asker).show(ui, |row| {
        let given = rows[row.index];
        let name = name(given);
        row.name(given.id, &name);
        row.cell(|ui| {
            let t = crate::ui::theme::Tokens::of(ui);
            let title = crate::ui::theme::Font::Body.text(given.role.title()).color(t.dim);
            ui.add(egui::Label::new(title).truncate()).on_hover_ui(|ui| {
                crate::ui::widgets::explanation(ui, given.role.title(), given.role.about());
            });
        });
        row.text(&capitalised(&given.scope.words()));
        row.cell(|ui| remove(ui, scene, given, &name, actions));
    });
    if let Some(row) = output.selected() {
        page.asker = rows.get(row).map(|given| given.identity);
    }
}

/// The button that takes a role away again.
pub(in crate::ui) fn remove(
    ui: &mut Ui,
    scene: &Scene<'_>,
    given: &RoleAssignment,
    name: &str,
    actions: &mut Vec<Action>,
) {
    let vault = given.scope.vault().cloned();
    let target = vault.clone().map_or(Target::Subscription, Target::Vault);
    let decided = || {
        let refused = scene.view.world.remove_assignment(vault.as_ref(), given.id, scene.caller).err();
        refused.map(|refusal| scene.sentence(&refusal, &target))
    };
    let why = scene.why_not(Operation::RoleAssignmentDelete, &target).or_else(decided);
    let scope = match &given.scope {
        Scope::Subscription => "everywhere".to_owned(),
        scope => scope.words(),
    };
    let label = format!("Take {} away from {name} ({scope})", given.role.title());
    if ui.add(IconButton::new(Icon::X, label).small().disabled_because(why)).clicked() {
        let said = format!("{name} is no {} any more ({scope})", given.role.title());
        let command = AccessCommand::RemoveRole(vault.clone(), given.id);
        actions.push(Action::Do(Command::Access(command), After::say(said)));
    }
}
