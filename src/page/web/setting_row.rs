//! The row of a setting: its label, its field, what may be entered, and the way back to the preset's value.

use crate::{
    network_files, own_data_files,
    setting_fields::{self, FieldKind},
    strings, terms,
    web::{arm_boxes, dom, terms as term_marks},
};
use experiment::{refusals::texts::allowed_values, setting_table::Setting};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, HtmlSelectElement};

/// A field in which a setting is entered.
#[derive(Clone)]
pub(super) enum Field {
    /// A text. Numbers are entered as text too, because a field for numbers alone drops what is none, and the message
    /// about it could not name it.
    Input(HtmlInputElement),
    /// One of a list.
    Select(HtmlSelectElement),
}

impl Field {
    /// The field with this id.
    fn by_id(id: &str) -> Field {
        dom::find(id).map(Field::Select).unwrap_or_else(|| Field::Input(dom::by_id(id)))
    }

    /// What is entered.
    pub(super) fn value(&self) -> String {
        match self {
            Field::Input(input) => input.value().trim().to_owned(),
            Field::Select(select) => select.value(),
        }
    }

    fn set_value(&self, value: &str) {
        match self {
            Field::Input(input) => input.set_value(value),
            Field::Select(select) => select.set_value(value),
        }
    }

    fn element(&self) -> &HtmlElement {
        match self {
            Field::Input(input) => input,
            Field::Select(select) => select,
        }
    }
}

/// The row of a setting.
pub(super) struct SettingRow {
    /// The setting.
    pub(super) setting: &'static Setting,
    field: Field,
    /// The way back to the preset's value, which the field of the seed has not.
    back: Option<Element>,
}

impl SettingRow {
    /// The row of a setting whose field is in `index.html`.
    pub(super) fn existing(setting: &'static Setting, id: &str) -> SettingRow {
        SettingRow { setting, field: Field::by_id(id), back: None }
    }

    /// Creates the row of a setting. The field's id has the prefix `set-`, because `rounds` is already the id of the
    /// table.
    pub(super) fn create(setting: &'static Setting, place: &Element) -> SettingRow {
        let id = format!("set-{}", setting.name);
        let hint_id = format!("{}-hint", setting.name);
        let kind = setting_fields::field_kind(setting.name);
        let is_group = kind == FieldKind::Arms;
        let row = dom::new_element(if is_group { "fieldset" } else { "div" }, "setting", "");
        let label = dom::new_element(
            if is_group { "legend" } else { "label" },
            "",
            strings::setting_label(setting.name),
        );
        let head = dom::new_element("div", "setting-head", "");
        if is_group {
            dom::append_children(&row, &[&label]);
            row.set_class_name("setting arm-setting");
        } else {
            dom::set_attribute(&label, "for", &id);
            dom::append_children(&head, &[&label]);
            dom::append_children(&row, &[&head]);
        }
        if let Some(term) = terms::of_setting(setting.name) {
            dom::append_children(if is_group { &label } else { &head }, &[&term_marks::mark(term)]);
        }
        let field = match &kind {
            FieldKind::Choice(choices) => {
                let select = dom::new_element("select", "", "");
                for (value, label) in choices {
                    let option = dom::new_element("option", "", label);
                    dom::set_attribute(&option, "value", value);
                    dom::append_children(&select, &[&option]);
                }
                select
            }
            FieldKind::Arms | FieldKind::Integer | FieldKind::Decimal | FieldKind::Text => {
                let input = dom::new_element("input", "", "");
                let keys = match kind {
                    FieldKind::Integer => "numeric",
                    FieldKind::Decimal => "decimal",
                    _ => "text",
                };
                for (name, value) in [("inputmode", keys), ("spellcheck", "false"), ("autocapitalize", "off")]
                {
                    dom::set_attribute(&input, name, value);
                }
                input
            }
        };
        dom::set_attribute(&field, "id", &id);
        dom::set_attribute(&field, "name", setting.name);
        dom::append_children(&row, &[&field]);
        if !matches!(kind, FieldKind::Choice(_) | FieldKind::Arms) {
            let hint = dom::new_element("small", "", &allowed_values(setting.name));
            dom::set_attribute(&hint, "id", &hint_id);
            dom::set_attribute(&field, "aria-describedby", &hint_id);
            dom::append_children(&row, &[&hint]);
        }
        let back = back_element();
        dom::append_children(&row, &[&back]);
        dom::append_children(place, &[&row]);
        let made = SettingRow { setting, field: Field::by_id(&id), back: Some(back) };
        if let (true, Field::Input(input)) = (is_group, &made.field) {
            dom::needed(arm_boxes::put_before(input));
        }
        made.listen_to_back();
        made
    }

    /// What is entered.
    pub(super) fn value(&self) -> String {
        self.field.value()
    }

    /// Whether the field takes no part, because another says what it would say.
    pub(super) fn is_disabled(&self) -> bool {
        matches!(&self.field, Field::Input(input) if input.disabled())
    }

    /// Lets the field take part or not. `placeholder` says why it does not.
    pub(super) fn set_disabled(&self, disabled: bool, placeholder: &str) {
        if let Field::Input(input) = &self.field {
            input.set_disabled(disabled);
            input.set_placeholder(if disabled { placeholder } else { "" });
        }
    }

    /// Shows a value in the field.
    pub(super) fn show(&self, value: &str) {
        if let Field::Select(select) = &self.field {
            offer_file(select, self.setting.name, value);
        }
        self.field.set_value(value);
        if let (FieldKind::Arms, Field::Input(input)) =
            (setting_fields::field_kind(self.setting.name), &self.field)
        {
            arm_boxes::show(input);
        }
    }

    /// Marks the field as one whose value was refused, or takes the mark away.
    pub(super) fn mark_invalid(&self, invalid: bool) {
        let element = self.field.element();
        if invalid {
            dom::set_attribute(element, "aria-invalid", "true");
        } else {
            let _ = element.remove_attribute("aria-invalid");
        }
    }

    /// Says whether the field differs from the preset's value, and offers the way back. Returns whether it does.
    pub(super) fn mark_changed(&self, preset_value: Option<&str>) -> bool {
        let Some(back) = &self.back else { return false };
        let changed = preset_value.filter(|value| !self.is_disabled() && *value != self.value());
        let _ = back.toggle_attribute_with_force("hidden", changed.is_none());
        if let (Some(value), Ok(Some(button))) = (changed, back.query_selector("button")) {
            dom::set_attribute(&button, "data-value", value);
            button.set_text_content(Some(&setting_fields::back_label(self.setting.name, value)));
        }
        changed.is_some()
    }

    fn listen_to_back(&self) {
        let Some(back) = &self.back else { return };
        let field = self.field.clone();
        dom::add_listener(back, "click", move |event: Event| {
            let button = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            if let Some(value) = button.and_then(|button| button.get_attribute("data-value")) {
                field.set_value(&value);
                // The button is about to disappear, so the focus goes to the field.
                let _ = field.element().focus();
                dom::dispatch_change(field.element());
            }
        });
    }
}

/// Puts a file into the list of ways to draw first weights, or a data set of the user into that of data sets, if it is not
/// there yet.
fn offer_file(select: &HtmlSelectElement, setting: &str, value: &str) {
    let is_there =
        select.query_selector(&format!("option[value='{value}']")).is_ok_and(|option| option.is_some());
    let label = match setting {
        "data" => own_data_files::option_label(value),
        _ if value.starts_with("file:") => network_files::file_option_label(value),
        _ => return,
    };
    if !is_there {
        let option = dom::new_element("option", "", &label);
        dom::set_attribute(&option, "value", value);
        dom::append_children(select, &[&option]);
    }
}

/// The line that says that a field differs from the preset, with a button that sets it back.
fn back_element() -> Element {
    let back = dom::new_element("p", "changed", "");
    dom::set_attribute(&back, "hidden", "");
    let button = dom::new_element("button", "back", "");
    dom::set_attribute(&button, "type", "button");
    dom::append_children(&back, &[&dom::new_element("span", "", strings::changed()), &button]);
    back
}
