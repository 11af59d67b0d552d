//! Every message comes through serialisation as it went in.

use experiment::{
    arm::Arm,
    claims::{
        self,
        words::{Told, summary},
    },
    job::{JobId, JobPhase},
    preset::Preset,
    report::{Accuracy, ValidationPoint},
};
use protocol::{Command, Event, Failure, FailureKind, Until};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

fn comes_through<T: Serialize + DeserializeOwned + PartialEq + Debug>(message: T) {
    let text = serde_json::to_string(&message).unwrap();
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), message, "{text}");
}

#[test]
fn commands_come_through() {
    let job = JobId { trial: u32::MAX, arm: Arm::Reinit, round: 3, draw: 0 };
    for preset in Preset::ALL.iter() {
        for until in [Until::End, Until::Iteration(0), Until::Iteration(u32::MAX)] {
            comes_through(Command::Start { run: 1, job, config: preset.config(), until });
        }
    }
    comes_through(Command::Load);
    comes_through(Command::Cancel);
}

#[test]
fn events_come_through() {
    let job = JobId { trial: 0, arm: Arm::Ticket, round: 0, draw: 0 };
    // A loss whose shortest decimal has many digits, and one that is barely above zero.
    for loss in [0.1f32 + 0.2, f32::MIN_POSITIVE, 2.75] {
        let accuracy = Accuracy { correct: 4_999, total: 5_000 };
        comes_through(Event::Evaluated {
            run: 7,
            job,
            point: ValidationPoint { iteration: 50, loss, accuracy },
        });
    }
    for phase in [JobPhase::Rewind, JobPhase::Train, JobPhase::Test, JobPhase::Prune] {
        comes_through(Event::Progress { run: 7, job, phase, iteration: 12, seconds: 0.123_456_789 });
    }
    for kind in [FailureKind::Data, FailureKind::Browser, FailureKind::Worker] {
        comes_through(Event::Failed {
            failure: Failure { kind, message: "“quoted” \u{1f3ab}\n".into() }
        });
    }
    let config = Preset::Paper.config();
    let claims: Vec<Told> = claims::score(&config, []).iter().map(Told::new).collect();
    comes_through(Event::Scored { ask: 5, summary: summary(&claims), claims });
    comes_through(Event::Held { run: 7, job, iteration: 50 });
    comes_through(Event::Unpacking { done: 1, total: u32::MAX });
    comes_through(Event::Ready);
    comes_through(Event::Loaded);
}
