//! How many workers have died at each job, and which jobs are given up for that. Whether it was the job's fault cannot be
//! known, but a job that costs one worker after the other would keep the run from ever coming to an end.

use crate::refusals::PageRefusal;
use experiment::{job::JobId, sorted_map::SortedMap};

/// Deaths at a job after which it is given up.
const MOST_DEATHS: u32 = 3;
/// Jobs that are given up, with none finished between them, after which it is not the jobs' fault.
const MOST_GIVEN_UP: usize = 3;

/// The deaths of workers by the job that ran.
#[derive(Debug, Default)]
pub(crate) struct JobDeaths {
    deaths: SortedMap<JobId, u32>,
    /// The jobs that are given up, with what happened to the last worker.
    given_up: Vec<(JobId, PageRefusal)>,
    /// How many of them since a job was last finished.
    in_a_row: usize,
}

impl JobDeaths {
    /// Records that a worker has died while this job ran. Returns whether the job is given up for that.
    pub(crate) fn add(&mut self, job: JobId, cause: &PageRefusal) -> bool {
        let deaths = self.deaths.get_or_default(job);
        *deaths += 1;
        let gives_up = *deaths >= MOST_DEATHS;
        if gives_up {
            self.given_up.push((job, cause.clone()));
            self.in_a_row += 1;
        }
        gives_up
    }

    /// Records that a job is finished.
    pub(crate) fn job_finished(&mut self, job: JobId) {
        self.deaths.remove(&job);
        self.in_a_row = 0;
    }

    /// Whether any job is given up.
    pub(crate) fn any_given_up(&self) -> bool {
        !self.given_up.is_empty()
    }

    /// Whether so many jobs have been given up one after the other that the others need not be tried.
    pub(crate) fn is_hopeless(&self) -> bool {
        self.in_a_row >= MOST_GIVEN_UP
    }

    /// What to say of each job that is given up.
    pub(crate) fn refusals(&self, others_go_on: bool) -> impl Iterator<Item = PageRefusal> {
        self.given_up.iter().map(move |(job, cause)| PageRefusal::JobGivenUp {
            job: *job,
            cause: Box::new(cause.clone()),
            others_go_on,
        })
    }
}
