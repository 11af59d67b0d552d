//! Requests to workers other than training: writing reports, reading them and scoring claims. The page does none of
//! this itself, so that its module contains neither JSON nor the formatting of claims.

use crate::state::{ScoredClaims, State};
use crate::{
    strings,
    worker_pool::{CommandPayload, Effect},
};
use experiment::{experiment_report::ExperimentReport, settings::Settings};
use protocol::{EventPayload, WorkerCommand, WorkerEvent};

impl State {
    /// Sends the pending requests to a worker that accepts commands, if possible one that is not training.
    pub(super) fn send_requests(&mut self, effects: &mut Vec<Effect>) {
        let listening = self.workers.iter().filter(|worker| worker.accepts_commands());
        let Some(to) = listening.min_by_key(|worker| worker.has_running_job()).map(|worker| worker.id) else {
            return;
        };
        let mut send = |command, payload| effects.push(Effect::Send { to, command, payload });
        if std::mem::take(&mut self.requests.export_wanted) {
            let request_id = self.requests.next_request_id();
            let (parts, prune_rounds) = self.results.experiment_report().to_parts();
            self.requests.export_sent = Some((request_id, strings::report_file_name(&self.settings)));
            send(
                WorkerCommand::Export { request_id, experiment_report: Box::new(parts) },
                CommandPayload::PruneRounds(prune_rounds),
            );
        }
        if let Some((names, texts)) = self.requests.import_wanted.take() {
            let request_id = self.requests.next_request_id();
            self.requests.import_sent = Some(request_id);
            send(WorkerCommand::Import { request_id, names }, CommandPayload::Texts(texts));
        }
        if std::mem::take(&mut self.requests.scoring_wanted) {
            let request_id = self.requests.next_request_id();
            self.requests.scoring_sent = Some(request_id);
            let experiment_report = Box::new(self.results.experiment_report().scoring_parts());
            send(WorkerCommand::Score { request_id, experiment_report }, CommandPayload::None);
        }
    }

    /// Handles the answer to a request. Answers to outdated requests are ignored.
    pub(super) fn on_reply(&mut self, event: WorkerEvent, payload: EventPayload, effects: &mut Vec<Effect>) {
        match (event, payload) {
            (WorkerEvent::Exported { request_id }, EventPayload::Text(text)) => {
                if let Some((_, name)) = self.requests.export_sent.take_if(|(asked, _)| *asked == request_id)
                {
                    effects.push(Effect::Save { name, text });
                }
            }
            (
                WorkerEvent::Imported { request_id, experiment_report },
                EventPayload::PruneRounds(prune_rounds),
            ) if self.requests.import_sent == Some(request_id) => {
                match ExperimentReport::from_parts(*experiment_report, prune_rounds) {
                    Some(experiment_report) => self.open_report(experiment_report, effects),
                    None => self.set_request_error("The report did not arrive whole; open it again.".into()),
                }
            }
            (WorkerEvent::Scored { request_id, claims, summary }, _)
                if self.requests.scoring_sent == Some(request_id) =>
            {
                self.requests.scoring_sent = None;
                self.scored_claims = Some(ScoredClaims { claims, summary });
                self.redraw_needs.claims = true;
            }
            (WorkerEvent::RequestFailed { request_id, message }, _) => {
                let exporting =
                    self.requests.export_sent.take_if(|(asked, _)| *asked == request_id).is_some();
                if self.requests.import_sent.take_if(|asked| *asked == request_id).is_some() || exporting {
                    self.set_request_error(message);
                }
            }
            _ => {}
        }
    }

    /// Shows the run that a report contains. Play then continues with its missing jobs.
    fn open_report(&mut self, experiment_report: ExperimentReport, effects: &mut Vec<Effect>) {
        let settings =
            Settings { workers: self.settings.workers, ..Settings::from_config(experiment_report.config()) };
        self.announcement = Some(strings::report_opened(&experiment_report));
        self.start_run(settings, experiment_report, effects);
        self.requests.scoring_wanted = !self.nothing_started();
        effects.push(Effect::ShowSettings);
    }
}
