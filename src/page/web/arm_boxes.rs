//! Checkboxes for the arms. The text field beside them keeps the arms as a link has them; programs set it.

use crate::{setting_fields, strings, web::dom};
use experiment::arm::Arm;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, HtmlInputElement};

/// The id of an arm's checkbox.
fn box_id(arm: Arm) -> String {
    format!("arm-{}", arm.name())
}

/// Puts the checkboxes before the text field of the arms, which they keep in step, and takes it out of sight.
pub(super) fn put_before(field: &HtmlInputElement) -> Result<(), JsValue> {
    let list = dom::new_element("div", "arm-boxes", "");
    for &arm in Arm::ALL {
        let input = dom::new_element("input", "", "");
        for (name, value) in [("type", "checkbox"), ("id", &*box_id(arm)), ("value", arm.name())] {
            dom::set_attribute(&input, name, value);
        }
        let words = dom::new_element("span", "", "");
        dom::append_children(
            &words,
            &[
                &dom::new_element("b", "", strings::arm_label(arm)),
                &dom::new_element("small", "", setting_fields::arm_meaning(arm)),
            ],
        );
        let label = dom::new_element("label", "arm-box", "");
        dom::append_children(&label, &[&input, &words]);
        dom::append_children(&list, &[&label]);
    }
    field.set_class_name("unseen");
    dom::set_attribute(field, "tabindex", "-1");
    dom::set_attribute(field, "aria-hidden", "true");
    field.before_with_node_1(&list)?;
    // These listeners come before the form's, which reads the text field.
    let written = field.clone();
    dom::add_listener(&list, "change", move |_: Event| {
        let chosen = Arm::ALL.iter().filter(|arm| checkbox(**arm).is_some_and(|input| input.checked()));
        written.set_value(&chosen.map(|arm| arm.name()).collect::<Vec<_>>().join(","));
    });
    let read = field.clone();
    dom::add_listener(field, "change", move |_: Event| show(&read));
    Ok(())
}

/// Ticks the boxes of the arms in the text field.
pub(super) fn show(field: &HtmlInputElement) {
    let value = field.value();
    for &arm in Arm::ALL {
        if let Some(input) = checkbox(arm) {
            input.set_checked(value.split(',').any(|name| name.trim() == arm.name()));
        }
    }
}

fn checkbox(arm: Arm) -> Option<HtmlInputElement> {
    dom::document().get_element_by_id(&box_id(arm))?.dyn_into().ok()
}
