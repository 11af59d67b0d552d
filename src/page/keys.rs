//! The keys that act wherever the focus is. The dialog that lists them is made of the same table.

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAction {
    /// It clicks the element with this id, if that is in sight and can be clicked.
    Click(&'static str),
    /// It gives the element with this id the focus.
    Focus(&'static str),
    /// It shows the view with this name.
    View(&'static str),
}

/// A key with what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The character, as `KeyboardEvent.key` has it, in lower case.
    pub key: &'static str,
    /// The id of the words that say what it does.
    pub words: &'static str,
    /// What it does.
    pub action: KeyAction,
}

const fn key(key: &'static str, words: &'static str, action: KeyAction) -> Key {
    Key { key, words, action }
}

/// All keys, in the order of the list.
pub const KEYS: &[Key] = &[
    key("k", "key.play", KeyAction::Click("play")),
    key("s", "key.step", KeyAction::Click("step")),
    key("r", "key.round", KeyAction::Click("round")),
    key("t", "key.timeline", KeyAction::Focus("timeline")),
    key("1", "key.all", KeyAction::View("all")),
    key("2", "key.network", KeyAction::View("network")),
    key("3", "key.masks", KeyAction::View("masks")),
    key("4", "key.digits", KeyAction::View("digits")),
    key("5", "key.cost", KeyAction::View("cost")),
    key("6", "key.numbers", KeyAction::View("numbers")),
    key("h", "key.present", KeyAction::Click("set-present")),
    key("l", "key.lesson", KeyAction::Click("open-lesson")),
    key("n", "key.lesson_next", KeyAction::Click("lesson-next")),
    key("b", "key.lesson_previous", KeyAction::Click("lesson-previous")),
    key("p", "key.pin", KeyAction::Click("pin")),
    key("c", "key.link", KeyAction::Click("copy-link")),
    key("?", "key.list", KeyAction::Click("show-keys")),
];

/// What a key does. Capital letters are the same keys.
pub fn action(pressed: &str) -> Option<KeyAction> {
    KEYS.iter().find(|key| key.key.eq_ignore_ascii_case(pressed)).map(|key| key.action)
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::display_settings::View;

    #[test]
    fn every_key_does_one_thing_that_is_there() {
        let page = include_str!("../../index.html");
        for (at, Key { key, words, action }) in KEYS.iter().enumerate() {
            assert!(texts::find(words).is_some(), "{key} has no words");
            assert!(KEYS[..at].iter().all(|other| other.key != *key), "{key} is there twice");
            match action {
                KeyAction::Click(id) | KeyAction::Focus(id) => {
                    assert!(page.contains(&format!("id=\"{id}\"")), "{key}: there is no {id}");
                }
                KeyAction::View(name) => assert!(View::from_name(name).is_some(), "{key}: {name}"),
            }
        }
        assert_eq!((action("K"), action("Enter")), (Some(KeyAction::Click("play")), None));
    }
}
