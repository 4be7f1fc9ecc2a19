//! Tables by role and label.

use super::*;

#[derive(Default)]
struct Rows {
    selected: Option<usize>,
    sorted_by: Option<usize>,
    drawn: usize,
    inner: Option<usize>,
}

fn table(rows: usize) -> Harness<'static, Rows> {
    harness(Rows::default(), move |ui, state: &mut Rows| {
        let columns =
            [TableColumn::share("Name", 1.0).sortable(Some(Direction::Up)), TableColumn::exact("", 120.0).right()];
        state.drawn = 0;
        let (drawn, inner) = (&mut state.drawn, &mut state.inner);
        let output = Table::new("secrets", &columns, rows).selected(state.selected).show(ui, |row| {
            *drawn += 1;
            let index = row.index;
            row.name(index, &format!("secret-{index}"));
            let label = format!("Recover {index}");
            if row.cell(|ui| ui.add(Button::secondary(label).small()).clicked()) {
                *inner = Some(index);
            }
        });
        state.selected = output.selected().or(state.selected);
        state.sorted_by = output.sorted_by.or(state.sorted_by);
    })
}

#[test]
fn a_table_is_walked_with_the_keyboard() {
    let mut harness = table(100_000);
    harness.get_by_role_and_label(Role::Button, "secret-0").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().selected, Some(0));
    harness.key_press(Key::ArrowDown);
    harness.run();
    harness.key_press(Key::ArrowDown);
    harness.run();
    assert_eq!(harness.state().selected, Some(2));
    assert!(harness.get_by_role_and_label(Role::Button, "secret-2").is_focused());
    harness.key_press(Key::End);
    harness.run();
    assert_eq!(harness.state().selected, Some(99_999));
    assert!(harness.get_by_role_and_label(Role::Button, "secret-99999").is_focused(), "the last row is in sight");
    harness.key_press(Key::Home);
    harness.run();
    assert!(harness.get_by_role_and_label(Role::Button, "secret-0").is_focused());
}

#[test]
fn a_long_table_draws_only_what_is_in_sight() {
    let mut harness = table(100_000);
    harness.run();
    assert!(harness.state().drawn < 20, "{} rows of 100,000 drawn", harness.state().drawn);
}

#[test]
fn a_row_is_pressed_as_a_whole_and_the_button_in_it_for_itself() {
    let mut harness = table(3);
    harness.get_by_role_and_label(Role::Button, "secret-1").click();
    harness.run();
    assert_eq!(harness.state().selected, Some(1));
    harness.get_by_role_and_label(Role::Button, "Recover 2").click();
    harness.run();
    assert_eq!((harness.state().inner, harness.state().selected), (Some(2), Some(1)));
    harness.get_by_role_and_label(Role::Button, "Sort by Name").click();
    harness.run();
    assert_eq!(harness.state().sorted_by, Some(0));
}
