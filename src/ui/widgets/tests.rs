//! The parts as a person with a keyboard or a screen reader meets them.

mod tables;

use super::*;
use crate::ui::{icons::Icon, theme, theme::Tone};
use chrono::{NaiveDate, NaiveDateTime};
use egui::{Key, Role, accesskit::Toggled};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use std::collections::BTreeMap;

fn harness<'a, S: 'a>(state: S, draw: impl FnMut(&mut Ui, &mut S) + 'a) -> Harness<'a, S> {
    Harness::builder()
        .with_size([900.0, 600.0])
        .with_max_steps(12)
        .with_context_setup(theme::install)
        .build_ui_state(draw, state)
}

// G2
#[test]
fn a_disabled_button_cannot_be_pressed_and_says_why() {
    let mut harness = harness(0, |ui, pressed: &mut i32| {
        let why = Some("Purge protection is on until 19 Dec 2026.");
        if ui.add(Button::danger_quiet("Purge…").icon(Icon::FLAME).disabled_because(why)).clicked() {
            *pressed += 1;
        }
        if ui.add(Button::secondary("Recover").disabled_because(None::<String>)).clicked() {
            *pressed += 10;
        }
    });
    let purge = harness.get_by_role_and_label(Role::Button, "Purge…");
    assert!(purge.accesskit_node().is_disabled());
    purge.click();
    harness.run();
    assert_eq!(*harness.state(), 0);
    harness.get_by_label("Purge…").hover();
    harness.run_steps(6);
    harness.get_by_label("Purge is not available");
    harness.get_by_label("Purge protection is on until 19 Dec 2026.");
    harness.get_by_label("Recover").click();
    harness.run();
    assert_eq!(*harness.state(), 10);
}

#[test]
fn an_icon_button_is_known_by_its_name_and_pressed_by_the_keyboard() {
    let mut harness = harness(0, |ui, pressed: &mut i32| {
        if ui.add(IconButton::new(Icon::COPY, "Copy name")).clicked() {
            *pressed += 1;
        }
    });
    harness.get_by_role_and_label(Role::Button, "Copy name").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(*harness.state(), 1);
}

#[test]
fn a_switch_tells_its_state_and_changes_it() {
    let mut harness = harness(false, |ui, is_on: &mut bool| {
        ui.add(Toggle::new(is_on, "Enabled"));
        ui.add(Checkbox::without_text(is_on, "Select row"));
    });
    assert_eq!(harness.get_by_role(Role::Switch).accesskit_node().toggled(), Some(Toggled::False));
    harness.get_by_role_and_label(Role::Switch, "Enabled").click();
    harness.run();
    assert!(*harness.state());
    assert_eq!(harness.get_by_role(Role::Switch).accesskit_node().toggled(), Some(Toggled::True));
    harness.get_by_role_and_label(Role::CheckBox, "Select row").click();
    harness.run();
    assert!(!*harness.state());
}

#[test]
fn one_of_a_few_is_chosen_by_its_word() {
    let mut harness = harness((0_u8, 0), |ui, (kind, changes): &mut (u8, i32)| {
        let choices = [(0, "All"), (1, "Expiring"), (2, "Disabled")];
        *changes += i32::from(Segmented::new("Show", kind, &choices).show(ui).changed());
    });
    harness.get_by_role_and_label(Role::RadioButton, "Expiring").click();
    harness.run();
    assert_eq!(*harness.state(), (1, 1));
}

#[test]
fn a_value_is_chosen_from_the_list_it_opens() {
    let mut harness = harness("RSA-OAEP".to_owned(), |ui, value: &mut String| {
        let options = ["RSA-OAEP".to_owned(), "RSA1_5".to_owned()];
        SelectField::new("Algorithm", value, &options).labelled().width(200.0).show(ui, Clone::clone);
    });
    harness.get_by_role_and_label(Role::ComboBox, "Algorithm").click();
    harness.run();
    harness.get_by_label("RSA1_5").click();
    harness.run();
    assert_eq!(harness.state(), "RSA1_5");
    assert!(harness.query_by_role(Role::ListBoxOption).is_none(), "the list closes");
}

// T5
#[test]
fn a_field_says_what_is_wrong_with_what_is_typed() {
    let mut harness = harness(String::new(), |ui, text: &mut String| {
        let error = text.contains(' ').then_some("A name has no spaces");
        ui.add(TextField::new(text).label("Name").error(error));
    });
    harness.get_by_role_and_label(Role::TextInput, "Name").focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Name").type_text("my secret");
    harness.run();
    assert_eq!(harness.state(), "my secret");
    harness.get_by_label("A name has no spaces");
    let field = harness.get_by_role_and_label(Role::TextInput, "Name");
    assert!(field.is_focused(), "the message does not take the keyboard away");
}

// T1
#[test]
fn a_password_field_masks_its_text_until_its_eye_is_pressed_and_keeps_no_history() {
    let id = egui::Id::unique("passphrase");
    let mut harness = harness(String::new(), move |ui, text: &mut String| {
        ui.add(TextField::new(text).label("Passphrase").password().id(id));
    });
    harness.get_by_role(Role::PasswordInput).focus();
    harness.run();
    harness.get_by_role(Role::PasswordInput).type_text("correct horse");
    harness.run();
    assert_eq!(harness.state(), "correct horse");
    assert_ne!(harness.get_by_role(Role::PasswordInput).value().as_deref(), Some("correct horse"));
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(harness.state(), "correct horse", "there is nothing to undo");
    harness.get_by_role_and_label(Role::Button, "Show").click();
    harness.run();
    assert_eq!(harness.get_by_role(Role::TextInput).value().as_deref(), Some("correct horse"));
    harness.get_by_role_and_label(Role::Button, "Hide").click();
    harness.run();
    harness.get_by_role(Role::PasswordInput);
}

#[derive(Default)]
struct Form {
    is_open: bool,
    text: String,
    was_submitted: bool,
}

#[test]
fn a_dialog_takes_the_keyboard_and_gives_it_back() {
    let mut harness = harness(Form::default(), |ui, form: &mut Form| {
        if ui.add(Button::primary("New secret")).clicked() {
            form.is_open = true;
        }
        if form.is_open {
            let answer = Dialog::new("new", "New secret form").show(
                ui.ctx(),
                |ui| ui.add(TextField::new(&mut form.text).label("Name")),
                |ui| {
                    ui.add(Button::primary("Create"));
                    ui.add(Button::secondary("Cancel")).clicked()
                },
            );
            form.was_submitted |= answer.is_submitted;
            if answer.should_close || answer.footer {
                form.is_open = false;
            }
        }
    });
    harness.get_by_role_and_label(Role::Button, "New secret").focus();
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    let field = harness.get_by_role_and_label(Role::TextInput, "Name");
    assert!(field.is_focused(), "the first field has the keyboard");
    field.type_text("db-password");
    harness.run();
    assert!(!harness.state().was_submitted, "the Enter that opened the dialog does not send it");
    harness.key_press(Key::Enter);
    harness.run();
    assert!(harness.state().was_submitted);
    assert_eq!(harness.state().text, "db-password");
    harness.key_press(Key::Escape);
    harness.run();
    assert!(!harness.state().is_open);
    assert!(harness.query_by_label("Name").is_none());
    assert!(harness.get_by_role_and_label(Role::Button, "New secret").is_focused(), "the keyboard is where it was");
}

#[test]
fn a_dialog_is_not_lost_by_a_press_beside_it() {
    let mut harness = harness(true, |ui, is_open: &mut bool| {
        if *is_open {
            let answer = Dialog::new("d", "Purge old-db-password").show(ui.ctx(), |_| (), |_| ());
            *is_open = !answer.should_close;
        }
    });
    harness.run();
    harness.drag_at(egui::pos2(20.0, 20.0));
    harness.drop_at(egui::pos2(20.0, 20.0));
    harness.run();
    assert!(*harness.state());
}

// S2
#[test]
fn the_action_of_a_toast_is_answered_once_and_the_toast_goes() {
    let mut toasts = Toasts::new();
    toasts.push(0.0, Tone::Ok, "tmp deleted. Kept until 18 Feb 2027.", Some(("Undo".to_owned(), 7)));
    let mut harness = harness((toasts, Vec::new()), |ui, (toasts, chosen): &mut (Toasts<i32>, Vec<i32>)| {
        chosen.extend(toasts.show(ui.ctx(), 1.0, ui.max_rect()));
    });
    harness.run();
    let alert = harness.get_by_role(Role::Alert);
    assert_eq!(alert.accesskit_node().live(), egui::accesskit::Live::Polite);
    harness.get_by_role_and_label(Role::Button, "Undo").click();
    harness.run();
    assert_eq!(harness.state().1, [7]);
    assert!(harness.query_by_role(Role::Alert).is_none());
}

#[test]
fn a_toast_stays_while_the_pointer_is_on_it() {
    let mut toasts: Toasts<()> = Toasts::new();
    toasts.push(0.0, Tone::Ok, "Copied", None);
    let mut harness = harness((toasts, 0.0), |ui, (toasts, now): &mut (Toasts<()>, f64)| {
        toasts.show(ui.ctx(), *now, ui.max_rect());
    });
    harness.run();
    harness.get_by_label("Copied").hover();
    harness.run();
    for now in 1..20 {
        harness.state_mut().1 = f64::from(now);
        harness.step();
    }
    harness.get_by_role(Role::Alert);
    // A pointer that was left there does not keep it for ever.
    for now in 20..40 {
        harness.state_mut().1 = f64::from(now);
        harness.step();
    }
    assert!(harness.query_by_role(Role::Alert).is_none());
}

#[test]
fn a_click_on_a_toast_takes_it_away_and_does_nothing_else() {
    let mut toasts = Toasts::new();
    toasts.push(0.0, Tone::Ok, "tmp deleted", Some(("Undo".to_owned(), 7)));
    let mut harness = harness((toasts, Vec::new()), |ui, (toasts, chosen): &mut (Toasts<i32>, Vec<i32>)| {
        chosen.extend(toasts.show(ui.ctx(), 1.0, ui.max_rect()));
    });
    harness.run();
    harness.get_by_label("tmp deleted").click();
    harness.run();
    assert!(harness.query_by_role(Role::Alert).is_none() && harness.state().1.is_empty());
}

struct Dates {
    value: Option<NaiveDateTime>,
    error: Option<String>,
}

// T5
#[test]
fn a_date_is_typed_or_refused_at_the_field() {
    let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
    let mut harness = harness(Dates { value: None, error: None }, move |ui, dates: &mut Dates| {
        dates.error = DateField::new("Expires", &mut dates.value, today).width(220.0).show(ui).error;
    });
    harness.get_by_role_and_label(Role::TextInput, "Expires").focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Expires").type_text("2026-02-3");
    harness.run();
    assert_eq!(harness.state().value, None);
    assert!(harness.state().error.as_deref().unwrap().starts_with("Write the date as"));
    harness.get_by_role_and_label(Role::TextInput, "Expires").type_text("0");
    harness.run();
    harness.get_by_label("There is no day 2026-02-30");
    harness.key_press(Key::Backspace);
    harness.key_press(Key::Backspace);
    harness.get_by_role_and_label(Role::TextInput, "Expires").type_text("28 09:30");
    harness.run();
    assert_eq!(harness.state().error, None);
    assert_eq!(harness.state().value, NaiveDate::from_ymd_opt(2026, 2, 28).unwrap().and_hms_opt(9, 30, 0));
}

#[test]
fn a_day_is_chosen_from_the_calendar_and_cleared_again() {
    let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
    let mut harness = harness(Dates { value: None, error: None }, move |ui, dates: &mut Dates| {
        dates.error = DateField::new("Expires", &mut dates.value, today).width(220.0).show(ui).error;
    });
    harness.get_by_label("Choose expires").click();
    harness.run();
    harness.get_by_label("Next month").click();
    harness.run();
    harness.get_by_label("19 December 2026").click();
    harness.run();
    assert_eq!(harness.state().value, NaiveDate::from_ymd_opt(2026, 12, 19).unwrap().and_hms_opt(0, 0, 0));
    assert_eq!(harness.get_by_role_and_label(Role::TextInput, "Expires").value().as_deref(), Some("2026-12-19"));
    harness.get_by_label("Choose expires").click();
    harness.run();
    harness.get_by_label("Clear").click();
    harness.run();
    assert_eq!(harness.state().value, None);
}

// T5
#[test]
fn tags_are_added_and_removed_and_no_more_than_allowed() {
    let mut harness = harness(BTreeMap::new(), |ui, tags: &mut BTreeMap<String, String>| {
        ui.add(TagsEditor::new(tags, 15));
    });
    let more = (3..=15).map(|number| format!("tag{number} = {number}"));
    for tag in ["env = prod", "owner = payments"].map(str::to_owned).into_iter().chain(more) {
        harness.get_by_role_and_label(Role::TextInput, "New tag").focus();
        harness.run();
        harness.get_by_role_and_label(Role::TextInput, "New tag").type_text(&tag);
        harness.run();
        harness.key_press(Key::Enter);
        harness.run();
    }
    assert_eq!(harness.state().len(), 15);
    assert_eq!(harness.state()["owner"], "payments");
    harness.get_by_role_and_label(Role::TextInput, "New tag").focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "New tag").type_text("one = more");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    harness.get_by_label("At most 15 tags are allowed; these are 16");
    assert_eq!(harness.state().len(), 15);
    harness.get_by_label("Remove tag env").click();
    harness.run();
    assert!(!harness.state().contains_key("env"));
}

// S8
#[test]
fn a_number_out_of_range_is_refused_at_the_field_and_changes_nothing() {
    let mut harness = harness((90_u32, true), |ui, (days, is_valid): &mut (u32, bool)| {
        *is_valid = Slider::new("Retention", days, 7..=90, "days").show(ui).is_valid();
    });
    let field = "Retention in days";
    for (typed, kept) in [("6", 90), ("91", 90), ("30", 30)] {
        harness.get_by_role_and_label(Role::TextInput, field).focus();
        harness.run();
        harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
        harness.get_by_role_and_label(Role::TextInput, field).type_text(typed);
        harness.run();
        assert_eq!(*harness.state(), (kept, typed == "30"), "after {typed}");
        assert_eq!(harness.query_by_label("From 7 to 90 days").is_some(), typed != "30");
    }
    harness.get_by_role_and_label(Role::Slider, "Retention").focus();
    harness.run();
    harness.key_press(Key::ArrowRight);
    harness.run();
    assert_eq!(*harness.state(), (31, true));
    harness.key_press(Key::Home);
    harness.run();
    assert_eq!(*harness.state(), (7, true));
}

#[test]
fn a_menu_prints_the_keys_and_explains_what_is_not_possible() {
    let mut harness = harness(0, |ui, chosen: &mut i32| {
        let button = ui.add(Button::secondary("Menu"));
        egui::Popup::menu(&button).show(|ui| {
            let fine: Result<(), String> = Ok(());
            if menu_item(ui, Some(Icon::COPY), "Copy value", Some("Ctrl C"), &fine).clicked() {
                *chosen = 1;
            }
            let refused: Result<(), &str> = Err("The vault is read-only.");
            if menu_item(ui, Some(Icon::TRASH), "Delete", None, &refused).clicked() {
                *chosen = 2;
            }
        });
    });
    harness.get_by_label("Menu").click();
    harness.run();
    assert!(harness.get_by_role_and_label(Role::MenuItem, "Delete").accesskit_node().is_disabled());
    harness.get_by_role_and_label(Role::MenuItem, "Copy value").click();
    harness.run();
    assert_eq!(*harness.state(), 1);
}

#[test]
fn tabs_and_rows_of_the_sidebar_say_which_is_open() {
    let mut harness = harness(0_u8, |ui, open: &mut u8| {
        let all = [Tab { place: 0, name: "Secrets", count: Some(12) }, Tab { place: 1, name: "Deleted", count: None }];
        if let Some(place) = tabs(ui, &all, *open) {
            *open = place;
        }
        ui.add(NavItem::new(Icon::VAULT, "contoso-prod").selected(*open == 1).count(16));
    });
    harness.get_by_role_and_label(Role::Tab, "Deleted").click();
    harness.run();
    assert_eq!(*harness.state(), 1);
    let row = harness.get_by_role_and_label(Role::Button, "contoso-prod");
    assert_eq!(row.accesskit_node().toggled(), Some(Toggled::True));
}

#[test]
fn nothing_moves_when_the_pointer_comes() {
    let mut harness = harness((), |ui, ()| {
        ui.add(Button::secondary("One"));
        ui.add(IconButton::new(Icon::X, "Two"));
        link(ui, "Three");
        ui.add(NavItem::new(Icon::VAULT, "Four"));
        ui.add(Button::ghost("Five"));
    });
    harness.run();
    let names = ["One", "Two", "Three", "Four", "Five"];
    let places = |harness: &Harness<'_, ()>| names.map(|name| harness.get_by_role_and_label(Role::Button, name).rect());
    let before = places(&harness);
    for name in names {
        harness.get_by_role_and_label(Role::Button, name).hover();
        harness.step();
        assert_eq!(places(&harness), before, "the pointer on {name}");
    }
}
