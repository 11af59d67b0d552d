//! Every message comes through serialisation as it went in.

use experiment::{
    arm::Arm,
    claims::{
        self,
        formatted::{FormattedClaim, summary},
    },
    job::{JobId, JobPhase},
    job_report::{Accuracy, ValidationPoint},
    preset::Preset,
};
use protocol::{Failure, FailureKind, RunUntil, WorkerCommand, WorkerEvent};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

fn assert_round_trips<T: Serialize + DeserializeOwned + PartialEq + Debug>(message: T) {
    let text = serde_json::to_string(&message).unwrap();
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), message, "{text}");
}

#[test]
fn commands_come_through() {
    let job = JobId { trial: u32::MAX, arm: Arm::Reinit, round: 3, draw: 0 };
    for preset in Preset::ALL.iter() {
        for until in [RunUntil::End, RunUntil::Iteration(0), RunUntil::Iteration(u32::MAX)] {
            assert_round_trips(WorkerCommand::Start { run: 1, job, config: preset.config(), until });
        }
    }
    assert_round_trips(WorkerCommand::Load);
    assert_round_trips(WorkerCommand::Cancel);
}

#[test]
fn events_come_through() {
    let job = JobId { trial: 0, arm: Arm::Ticket, round: 0, draw: 0 };
    // A loss whose shortest decimal has many digits, and one that is barely above zero.
    for loss in [0.1f32 + 0.2, f32::MIN_POSITIVE, 2.75] {
        let accuracy = Accuracy { correct: 4_999, total: 5_000 };
        assert_round_trips(WorkerEvent::Evaluated {
            run: 7,
            job,
            point: ValidationPoint { iteration: 50, loss, accuracy },
        });
    }
    for phase in [JobPhase::Rewind, JobPhase::Train, JobPhase::Test, JobPhase::Prune] {
        assert_round_trips(WorkerEvent::Progress {
            run: 7,
            job,
            phase,
            iteration: 12,
            seconds: 0.123_456_789,
        });
    }
    for kind in [FailureKind::Data, FailureKind::Browser, FailureKind::Worker] {
        assert_round_trips(WorkerEvent::Failed {
            failure: Failure { kind, message: "“quoted” \u{1f3ab}\n".into() },
        });
    }
    let config = Preset::Paper.config();
    let claims: Vec<FormattedClaim> =
        claims::score_claims(&config, []).iter().map(FormattedClaim::new).collect();
    assert_round_trips(WorkerEvent::Scored { request_id: 5, summary: summary(&claims), claims });
    assert_round_trips(WorkerEvent::Paused { run: 7, job, iteration: 50 });
    assert_round_trips(WorkerEvent::Unpacking { done: 1, total: u32::MAX });
    assert_round_trips(WorkerEvent::Ready);
    assert_round_trips(WorkerEvent::Loaded);
}
