//! What a key is permitted: a button for each operation that its kind has.

use egui::{Ui, vec2};

use super::{theme::space, widgets::Button};
use crate::domain::{KeyKind, KeyOperation, KeyOperations};

/// Shows a button for each; a press permits what was not, and the other way round. Answers with what is permitted then.
pub(super) fn show(
    ui: &mut Ui,
    kind: KeyKind,
    permitted: &KeyOperations,
    why_not: Option<&String>,
) -> Option<KeyOperations> {
    let mut pressed = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
        for &operation in kind.supported_operations() {
            let button = Button::choice(permitted.contains(operation), operation.title());
            if ui.add(button.disabled_because(why_not)).clicked() {
                pressed = Some(operation);
            }
        }
    });
    pressed.map(|pressed| switched(kind, permitted, pressed))
}

fn switched(kind: KeyKind, permitted: &KeyOperations, pressed: KeyOperation) -> KeyOperations {
    let all = kind.supported_operations().iter().copied();
    all.filter(|&operation| permitted.contains(operation) != (operation == pressed)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Curve, KeyProtection};

    #[test]
    fn a_press_takes_an_operation_away_and_a_second_one_gives_it_back() {
        let kind = KeyKind::Ec(Curve::P256, KeyProtection::Software);
        let all = kind.default_operations();
        let only_verify = switched(kind, &all, KeyOperation::Sign);
        assert_eq!(only_verify.iter().collect::<Vec<_>>(), [KeyOperation::Verify]);
        assert_eq!(switched(kind, &only_verify, KeyOperation::Sign), all);
    }
}
