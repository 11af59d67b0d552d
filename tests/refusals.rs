//! What is refused crosses as data, and says where it is shown what it always said.

#[path = "codec/refusals.rs"]
mod samples;

use experiment::refusals::RefusalMessage;

/// The browser test `codec` takes the same samples through the codec of page and workers.
#[test]
fn every_refusal_crosses_as_it_is_and_has_its_sentence() {
    for (refusal, sentence) in samples::refusals() {
        assert_eq!(refusal.to_string(), sentence);
        let message = RefusalMessage::from(&refusal);
        let crossed: RefusalMessage =
            serde_json::from_str(&serde_json::to_string(&message).unwrap()).unwrap();
        assert_eq!(crossed, message);
        assert_eq!(crossed.to_string(), sentence);
    }
}

#[test]
fn every_rejected_setting_has_its_sentence() {
    for (rejected, sentence) in samples::rejected_settings() {
        assert_eq!(rejected.to_string(), sentence);
    }
}
