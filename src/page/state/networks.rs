//! Asks the kept networks of finished jobs what they make of images, and trains jobs again whose networks are not kept.

use crate::{
    kept_networks::{KeptArrays, KeptNetworks, MOST_BYTES, kept_bytes},
    mask_readings::ARMS_OF_KEPT_MASKS,
    open_requests::{AskerId, RequestPurpose},
    state::{RunIntent, State},
    worker_pool::{Effect, WorkerId},
};
use experiment::{experiment_report::FinishedJob, job::JobId, robustness::RobustnessReadings};
use model::packed::mask_from_bits;
use protocol::{
    network_question::{NetworkMoment, NetworkName, NetworkQuestion, NetworkReading},
    payload::{ArrayId, Payload, PayloadItem},
    question::Question,
};
use std::collections::BTreeSet;

/// A question to the kept networks.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedReading {
    /// What is asked.
    pub reading: NetworkReading,
    /// The moment of each job at which its network is asked.
    pub moment: NetworkMoment,
    /// The pixel values of the images in [0, 1], image after image.
    pub images: Vec<f32>,
    /// The seed of the trial whose networks are asked, or `None` to ask all. Of a trial only those are asked that have been
    /// trained on the experiment's own data set.
    pub trial: Option<u32>,
}

impl State {
    /// Asks kept networks. The answer comes as [`Effect::Deliver`].
    pub fn ask_networks(&mut self, asker: AskerId, asked: AskedReading, now: f64) -> Vec<Effect> {
        self.advance_clock(now);
        let AskedReading { reading, moment, images, trial } = asked;
        let is_asked = |trial| move |job: &JobId| job.trial == trial && !job.arm.is_of_other_data();
        let jobs = self.kept.jobs().filter(|job| trial.is_none_or(|trial| is_asked(trial)(job)));
        let networks: Vec<NetworkName> = jobs.map(|job| NetworkName { job, moment }).collect();
        let model = self.settings.config.model.clone();
        let purpose =
            RequestPurpose::ReadNetworks { asker, networks: networks.clone(), reading: reading.clone() };
        let question = NetworkQuestion { reading, networks, model, sent: vec![], forget: vec![] };
        let payload = Payload(vec![PayloadItem::Floats(images)]);
        self.requests.add(purpose, Question::ReadNetworks(question), payload);
        let mut effects = vec![];
        self.dispatch(&mut effects);
        effects
    }

    /// Completes a question about networks with those that the reader does not have yet, just before it is sent.
    pub(super) fn add_missing_networks(&mut self, question: &mut Question, payload: &mut Payload) {
        let Question::ReadNetworks(question) = question else { return };
        let kept = &self.kept;
        let is_kept = |name: &NetworkName, parameters: ArrayId| {
            kept.get(name.job).is_some_and(|arrays| arrays.parameters(name.moment) == parameters)
        };
        // Networks of an earlier run have other arrays, even if they have the same name.
        let gone = self.reader.networks.remove_unless(|name, parameters| is_kept(name, *parameters));
        question.forget = gone.into_iter().map(|(name, _)| name).collect();
        for &name in &question.networks {
            // A network that has gone in the meantime is reported as missing by the reader.
            let Some(arrays) = self.kept.get(name.job) else { continue };
            let parameters = arrays.parameters(name.moment);
            if self.reader.networks.insert(name, parameters) != Some(parameters) {
                question.sent.push(name);
                payload.0.extend([arrays.mask, parameters].map(PayloadItem::Kept));
            }
        }
    }

    /// Keeps the network of a job that has just finished. `kept` is what came for it, in the order that
    /// [`Finished`](protocol::WorkerEvent::Finished) describes.
    pub(super) fn keep_network(
        &mut self,
        finished: &FinishedJob,
        kept: &[PayloadItem],
        effects: &mut Vec<Effect>,
    ) {
        let ids: Vec<Option<ArrayId>> = kept.iter().map(PayloadItem::kept).collect();
        let [Some(mask), Some(first), Some(last), early_stop, Some(test_predictions)] = ids[..] else {
            // Workers whose events do not come through the browser, in tests, bring no arrays.
            return;
        };
        let arrays = KeptArrays { mask, first, last, early_stop, test_predictions };
        let bytes = kept_bytes(&self.settings.config, &finished.report, early_stop.is_some());
        let gone = self.kept.keep(finished.report.job, arrays, bytes);
        effects.extend((!gone.is_empty()).then_some(Effect::DropArrays(gone)));
        self.redraw_needs.kept = true;
        let job = finished.report.job;
        if ARMS_OF_KEPT_MASKS.contains(&job.arm) && self.kept.get(job).is_some() {
            effects.push(Effect::ReadMask { job, mask });
        }
        self.ask_for_awaited_network(effects);
    }

    /// Takes the bits of a kept network's mask, for which [`Effect::ReadMask`] has asked.
    pub fn on_mask(&mut self, job: JobId, bits: &[u8]) {
        let model = &self.settings.config.model;
        if let Some(mask) = mask_from_bits(model, bits).filter(|_| self.results.finished_job(job).is_some()) {
            self.results.read_kept_mask(job, &mask);
            self.redraw_needs.curves = true;
            self.redraw_needs.masks = true;
        }
    }

    /// Parts with the kept networks of all jobs but those in `same`, because another run begins.
    pub(super) fn drop_networks(
        &mut self,
        first_seed: u32,
        same: &BTreeSet<JobId>,
        effects: &mut Vec<Effect>,
    ) {
        self.awaited_network = None;
        let gone = self.kept.start_run(first_seed, same);
        self.put_networks_aside(gone, effects);
    }

    /// Drops those of the arrays that came with an event that nothing has been kept of, because the event came too late.
    pub(super) fn drop_unused(&self, brought: Vec<ArrayId>, effects: &mut Vec<Effect>) {
        if brought.is_empty() {
            return;
        }
        let kept = self.kept.arrays();
        let is_used =
            |id: &ArrayId| kept.contains(id) || self.files.has_array(*id) || self.data_sets.has_array(*id);
        let unused: Vec<ArrayId> = brought.into_iter().filter(|id| !is_used(id)).collect();
        effects.extend((!unused.is_empty()).then_some(Effect::DropArrays(unused)));
    }

    /// The kept networks.
    pub fn kept_networks(&self) -> &KeptNetworks {
        &self.kept
    }

    /// The finished jobs of the first trial whose networks are not kept and can be kept beside those that are: those that
    /// [`TrainAgain`](crate::state::UserAction::TrainAgain) trains.
    pub fn jobs_to_train_again(&self) -> Vec<JobId> {
        let (config, first) = (&self.settings.config, self.settings.config.seeds.first());
        let of_first =
            || self.results.finished_jobs().filter(move |finished| finished.report.job.trial == first);
        let bytes = |finished: &FinishedJob| kept_bytes(config, &finished.report, true);
        let kept = of_first().filter(|finished| self.kept.get(finished.report.job).is_some());
        let mut room = MOST_BYTES.saturating_sub(kept.map(bytes).sum());
        let fits = |finished: &&FinishedJob| {
            let left = room.checked_sub(bytes(finished));
            room = left.unwrap_or(room);
            left.is_some()
        };
        let missing = |finished: &&FinishedJob| {
            let job = finished.report.job;
            self.kept.get(job).is_none() && self.schedule.is_done(job)
        };
        of_first().filter(missing).filter(fits).map(|finished| finished.report.job).collect()
    }

    /// Trains finished jobs again, so that their networks can be asked, with the workers and data that this needs.
    pub(super) fn start_training_again(&mut self, jobs: &[JobId], effects: &mut Vec<Effect>) {
        if self.refuse_without_files() {
            return;
        }
        self.train_again(jobs);
        self.fetch_missing_data(effects);
        // A page whose workers have died may have opened a whole report since.
        if self.failure.is_none() && !self.schedule.all_done() {
            self.adjust_worker_count(effects);
        }
    }

    /// Opens finished jobs again. Their results stay as they are; that they come out the same is checked.
    fn train_again(&mut self, jobs: &[JobId]) {
        let wanted: Vec<JobId> = jobs
            .iter()
            .copied()
            .filter(|job| self.results.finished_job(*job).is_some() && self.kept.get(*job).is_none())
            .collect();
        self.kept.ask_for(&wanted);
        self.reopen(&wanted, &[]);
    }

    /// The finished jobs that have not read corrupted images, as [`ReadCorrupted`](crate::state::UserAction::ReadCorrupted) lets
    /// them do.
    pub fn jobs_without_corrupted(&self) -> Vec<JobId> {
        let lacks = |finished: &&FinishedJob| {
            finished.report.robustness.is_none() && self.schedule.is_done(finished.report.job)
        };
        self.results.finished_jobs().filter(lacks).map(|finished| finished.report.job).collect()
    }

    /// Lets all jobs read corrupted images. Of those that have finished without, a network that is kept is asked. The others
    /// are trained again, with the same results, and read at their end.
    pub(super) fn start_reading_corrupted(&mut self, effects: &mut Vec<Effect>) {
        if self.refuse_without_files() {
            return;
        }
        self.settings.robust = true;
        self.selection.offer_corrupted();
        self.redraw_needs.selection = true;
        let unread = self.jobs_without_corrupted();
        let (kept, gone): (Vec<JobId>, Vec<JobId>) =
            unread.into_iter().partition(|job| self.kept.get(*job).is_some());
        self.reopen(&gone, &kept);
        self.fetch_missing_data(effects);
        if self.failure.is_none() && !self.schedule.all_done() {
            self.adjust_worker_count(effects);
        }
        effects.push(Effect::ShowSettings);
    }

    /// Opens jobs again: those to be trained, with what they need, and those whose networks are only to read. To the store
    /// the latter are finished, by which they are told apart.
    fn reopen(&mut self, to_train: &[JobId], to_read: &[JobId]) {
        let report = self.results.experiment_report();
        let to_train = self.store.reopen(to_train, |job| report.next_mask(job));
        to_train.iter().chain(to_read).for_each(|job| self.schedule.reopen(*job));
        if !self.schedule.all_done() && self.intent == RunIntent::Pause && !self.has_unfinished_results() {
            self.intent = RunIntent::RunTo(None);
        }
        self.redraw_needs.kept = true;
    }

    /// Whether a job is open only so that its network, which is kept, reads corrupted images.
    pub fn only_reads(&self, job: JobId) -> bool {
        !self.schedule.is_done(job) && !self.store.is_unfinished(job)
    }

    /// Opens the jobs for training that were only to read and whose networks are no longer kept.
    pub(super) fn train_networks_that_have_gone(&mut self) {
        let has_gone = |job: &JobId| self.only_reads(*job) && self.kept.get(*job).is_none();
        let gone: Vec<JobId> = self.schedule.waiting().filter(has_gone).collect();
        if !gone.is_empty() {
            self.reopen(&gone, &[]);
        }
    }

    /// Adds what the network of a finished job reads of corrupted images.
    pub(super) fn on_corrupted_read(
        &mut self,
        from: WorkerId,
        job: JobId,
        readings: RobustnessReadings,
        effects: &mut Vec<Effect>,
    ) {
        let Some(mut finished) = self.results.finished_job(job).cloned() else { return };
        if !self.has_job(from, job) {
            return;
        }
        self.take_from_workers(job);
        finished.report.robustness = Some(readings);
        self.results.add_finished(finished, None);
        self.schedule.mark_done(job);
        if self.store.is_unfinished(job) {
            // Meanwhile somebody wants it to be trained.
            self.schedule.reopen(job);
        }
        self.save_readings(job, readings, effects);
        self.redraw_needs.curves = true;
        self.redraw_needs.rounds = true;
        self.redraw_needs.kept = true;
    }

    /// Whether results are missing, so that the run would go on if it were not paused.
    fn has_unfinished_results(&self) -> bool {
        !self.results.experiment_report().is_complete()
    }
}
