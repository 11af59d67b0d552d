//! What any worker is asked beside training: to write reports, to read them and to score claims. The page links no
//! JSON and formats none of these numbers.

use crate::state::{ScoredClaims, State};
use crate::{
    strings,
    worker_pool::{CommandPayload, Effect},
};
use experiment::{experiment_report::ExperimentReport, settings::Settings};
use protocol::{EventPayload, WorkerCommand, WorkerEvent};

impl State {
    /// Asks a worker that listens, best one that does not train, for what is wanted.
    pub(super) fn send_requests(&mut self, effects: &mut Vec<Effect>) {
        let listening = self.workers.iter().filter(|slot| slot.accepts_commands());
        let Some(to) = listening.min_by_key(|slot| slot.has_running_job()).map(|slot| slot.id) else {
            return;
        };
        let mut send = |command, bulk| effects.push(Effect::Send { to, command, payload: bulk });
        if std::mem::take(&mut self.requests.export_wanted) {
            let ask = self.requests.next_request_id();
            let (parts, deaths) = self.record.journal().to_parts();
            self.requests.export_sent = Some((ask, strings::report_file_name(&self.settings)));
            send(
                WorkerCommand::Export { ask, journal: Box::new(parts) },
                CommandPayload::PruneRounds(deaths),
            );
        }
        if let Some((names, texts)) = self.requests.import_wanted.take() {
            let ask = self.requests.next_request_id();
            self.requests.import_sent = Some(ask);
            send(WorkerCommand::Import { ask, names }, CommandPayload::Texts(texts));
        }
        if std::mem::take(&mut self.requests.scoring_wanted) {
            let ask = self.requests.next_request_id();
            self.requests.scoring_sent = Some(ask);
            let journal = Box::new(self.record.journal().scoring_parts());
            send(WorkerCommand::Score { ask, journal }, CommandPayload::None);
        }
    }

    /// Takes an answer; one that nobody waits for any more is dropped.
    pub(super) fn on_reply(&mut self, event: WorkerEvent, sent: EventPayload, effects: &mut Vec<Effect>) {
        match (event, sent) {
            (WorkerEvent::Exported { ask }, EventPayload::Text(text)) => {
                if let Some((_, name)) = self.requests.export_sent.take_if(|(asked, _)| *asked == ask) {
                    effects.push(Effect::Save { name, text });
                }
            }
            (WorkerEvent::Imported { ask, journal }, EventPayload::PruneRounds(deaths))
                if self.requests.import_sent == Some(ask) =>
            {
                match ExperimentReport::from_parts(*journal, deaths) {
                    Some(journal) => self.open_report(journal, effects),
                    None => self.set_request_error("The report did not arrive whole; open it again.".into()),
                }
            }
            (WorkerEvent::Scored { ask, claims, summary }, _) if self.requests.scoring_sent == Some(ask) => {
                self.requests.scoring_sent = None;
                self.scored_claims = Some(ScoredClaims { claims, summary });
                self.changes.claims = true;
            }
            (WorkerEvent::RequestFailed { ask, message }, _) => {
                let exporting = self.requests.export_sent.take_if(|(asked, _)| *asked == ask).is_some();
                if self.requests.import_sent.take_if(|asked| *asked == ask).is_some() || exporting {
                    self.set_request_error(message);
                }
            }
            _ => {}
        }
    }

    /// Shows the run that a report holds; Play goes on with what it lacks.
    fn open_report(&mut self, journal: ExperimentReport, effects: &mut Vec<Effect>) {
        let settings = Settings { workers: self.settings.workers, ..Settings::from_config(journal.config()) };
        self.announcement = Some(strings::report_opened(&journal));
        self.start_run(settings, journal, effects);
        self.requests.scoring_wanted = !self.nothing_started();
        effects.push(Effect::ShowSettings);
    }
}
