//! Tests of the page in a real browser. They only use the interface that programs may rely on: the state on `body`, the
//! table of rounds, the ids of the controls, and the fragment.

mod access;
mod choices;
mod codec;
mod comparison;
mod depths;
mod digits;
mod display;
mod disturbed_run;
mod embed;
mod evidence;
mod experiments;
mod exports;
mod faults;
mod firefox;
mod golden;
mod host;
mod kills;
mod language;
mod lesson;
mod links;
mod long;
mod network_files;
mod offline;
mod own_data;
mod page_under_test;
mod play_through;
mod policy;
mod preview;
mod reader;
mod reports;
mod saved;
mod sentences;
mod settings;
mod table;
mod workers;

use crate::{
    browser::{Browsers, Driver},
    chromium::Tools,
    firefox::{self as firefox_browser, Firefox},
};
use anyhow::{Result, bail};
use firefox::PageInFirefox;
use page_under_test::PageUnderTest;
use std::{future::Future, path::Path, pin::Pin, time::Instant};

/// A test: its name and its function, which takes the page in a browser.
struct Test<Page: 'static> {
    name: &'static str,
    run: for<'a> fn(&'a mut Page) -> TestFuture<'a>,
}

/// The future of a running test.
type TestFuture<'a> = Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// Lists tests by the paths of their functions.
macro_rules! tests {
    ($($module:ident :: $test:ident),+ $(,)?) => {
        &[$(Test {
            name: concat!(stringify!($module), "::", stringify!($test)),
            run: |page| Box::pin($module::$test(page)),
        }),+]
    };
}

/// All tests in Chromium, in order.
const TESTS: &[Test<PageUnderTest>] = tests![
    codec::messages_come_through,
    codec::numbers_are_read_to_the_same_bits,
    play_through::plays_to_the_end,
    play_through::same_url_same_table,
    play_through::pausing_and_stepping_change_nothing,
    play_through::digests_are_the_golden_ones,
    play_through::reset_starts_afresh,
    links::a_copied_link_reproduces_the_run,
    comparison::differences_are_those_of_the_tables,
    embed::a_panel_tells_its_height,
    play_through::page_stays_alive,
    settings::bad_values_are_named,
    settings::fragment_reaches_the_fields,
    choices::programs_set_every_kind_of_field,
    choices::enter_starts_the_changed_run,
    choices::cards_choose_presets,
    choices::terms_open_by_keyboard,
    choices::next_steps_follow_a_run,
    reports::one_worker_steps_many_jobs,
    reports::reports_come_back,
    reports::a_loss_beyond_all_numbers_comes_through,
    reports::report_is_the_native_one,
    reports::recorded_runs_open_or_say_why_not,
    reports::twenty_trials_are_scored_as_in_the_readme,
    reports::missing_recorded_run_is_named,
    reports::claims_are_scored,
    reports::a_report_of_the_claims_is_whole,
    long::a_hidden_tab_is_kept_up_to_date,
    long::long_tables_are_drawn_as_far_as_they_are_seen,
    long::one_of_everything_is_said_in_the_singular,
    long::other_versions_and_marks_are_told_apart,
    saved::a_reload_in_mid_round_loses_the_jobs_under_way,
    saved::a_closed_browser_goes_on,
    kills::a_killed_browser_goes_on,
    saved::two_tabs_leave_each_other_alone,
    saved::a_full_store_is_said_once,
    saved::a_forbidden_store_is_said_once,
    saved::runs_are_named_deleted_and_brought_back,
    saved::a_dropped_report_can_be_undone,
    exports::everything_can_be_taken_away,
    exports::a_network_that_is_not_kept_is_trained_again,
    network_files::an_exported_ticket_comes_back_as_a_mask,
    own_data::own_images_run_to_their_end,
    own_data::malformed_data_is_refused_by_name,
    reader::export_survives_its_reader,
    reader::import_that_kills_is_refused,
    reader::failed_page_exports_and_imports,
    reader::answers_come_while_training,
    workers::one_of_two_ends_in_the_middle_of_a_round,
    workers::idle_workers_are_replaced,
    workers::a_deaf_worker_is_not_paused,
    workers::a_slow_worker_is_left_alone,
    workers::a_deadly_job_is_given_up,
    workers::no_disturbance_changes_a_digit,
    policy::a_session_that_opens_everything_keeps_the_policy,
    evidence::fashion_is_the_native_run,
    evidence::digest_covers_the_finished_jobs,
    evidence::networks_answer_as_they_were_tested,
    evidence::gzip_bomb_is_bad_data,
    evidence::huge_files_are_refused,
    experiments::every_arm_has_its_place,
    experiments::every_criterion_optimiser_and_initialiser,
    experiments::every_preset,
    experiments::a_ticket_is_transferred,
    experiments::every_network_has_a_twin,
    experiments::wrong_labels_are_memorised,
    experiments::corrupted_images_are_read,
    depths::networks_of_every_depth_run,
    depths::networks_with_convolutions_run,
    sentences::some_runs_say_what_they_show,
    digits::drawn_digits_are_read_as_meant,
    digits::votes_come_while_training,
    digits::disagreements_are_real,
    digits::shelf_shows_what_is_forgotten,
    access::keyboard_reaches_and_works_every_control,
    access::controls_have_names_and_rounds_are_spoken,
    access::fits_a_phone,
    access::axe_finds_nothing,
    access::single_keys_act,
    display::every_frame_speaks_of_one_moment,
    display::the_timeline_obeys_keys,
    display::settings_of_the_display_restart_nothing,
    language::nothing_stays_english_in_german,
    language::the_menu_changes_the_language_alone,
    lesson::the_whole_lesson_by_keyboard,
    lesson::axe_finds_nothing_in_it,
    preview::moves_before_the_data_is_there,
    preview::stands_at_its_end_where_motion_is_reduced,
    preview::missing_recording_is_said_and_nothing_waits,
    preview::recorded_votes_are_seen_until_play,
    offline::whole_runs_without_a_network,
    offline::a_new_version_waits_for_the_run,
    offline::nothing_fetched_anew_is_kept,
    offline::serving_without_it_removes_it,
    faults::missing_data,
    faults::truncated_data_heals,
    faults::corrupt_data,
    faults::worker_that_panics,
    faults::worker_that_panics_once,
    faults::worker_of_another_version,
    faults::worker_wasm_missing,
    faults::worker_script_missing,
    faults::page_wasm_missing,
    faults::worker_consoles_are_heard,
    faults::worker_requests_are_heard,
    faults::workers_may_not_ask_elsewhere,
    faults::no_simd,
    faults::no_module_workers,
];

/// The tests in Firefox.
const FIREFOX_TESTS: &[Test<PageInFirefox>] =
    tests![firefox::digests_are_the_golden_ones, firefox::no_disturbance_changes_a_digit];

/// Browser tests that take too long to run after every change.
const LONG_TESTS: &[Test<PageUnderTest>] = tests![
    sentences::all_runs_say_what_they_show,
    kills::a_browser_killed_at_twenty_moments_goes_on,
    long::eight_thousand_rows_take_little_memory,
    long::three_hundred_jobs_stay_flat,
];

/// Which browser tests there are to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suite {
    /// Those that run after every change.
    Everyday,
    /// Those that take too long for that.
    Long,
}

/// Runs the tests of a suite whose name contains `filter` on the site in the directory `site`.
pub(crate) async fn run(tools: &Tools, site: &Path, suite: Suite, filter: Option<&str>) -> Result<()> {
    println!("\n== browser tests with {}", tools.chromium.display());
    let driver = Driver::start(tools).await?;
    let browsers = driver.browsers();
    let mut outcomes = Outcomes::default();
    for test in asked(if suite == Suite::Long { LONG_TESTS } else { TESTS }, filter) {
        outcomes.add(test.name, run_one(browsers, site, test).await);
    }
    if suite == Suite::Everyday {
        run_in_firefox(site, &asked(FIREFOX_TESTS, filter), &mut outcomes).await;
    }
    outcomes.check(filter)
}

/// The tests whose name contains `filter`.
fn asked<Page>(tests: &'static [Test<Page>], filter: Option<&str>) -> Vec<&'static Test<Page>> {
    tests.iter().filter(|test| filter.is_none_or(|filter| test.name.contains(filter))).collect()
}

/// How many tests have passed, and which have not.
#[derive(Default)]
struct Outcomes {
    passed: usize,
    failed: Vec<&'static str>,
    skipped: Vec<&'static str>,
}

impl Outcomes {
    fn add(&mut self, name: &'static str, outcome: Result<()>) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(error) => {
                println!("FAILED {name}\n       {error:#}");
                self.failed.push(name);
            }
        }
    }

    fn check(&self, filter: Option<&str>) -> Result<()> {
        println!("\n{} passed, {} failed", self.passed, self.failed.len());
        if !self.skipped.is_empty() {
            println!("== SKIPPED, for there is no Firefox that starts: {}", self.skipped.join(", "));
        }
        match (self.passed + self.skipped.len(), self.failed.is_empty()) {
            (0, true) => bail!("no browser test has `{}` in its name", filter.unwrap_or_default()),
            (_, true) => Ok(()),
            (_, false) => bail!("browser tests failed: {}", self.failed.join(", ")),
        }
    }
}

/// Runs one test in a browser of its own.
async fn run_one(browsers: &Browsers, site: &Path, test: &Test<PageUnderTest>) -> Result<()> {
    let start = Instant::now();
    let mut page = PageUnderTest::open(browsers, site).await?;
    let outcome = (test.run)(&mut page).await;
    let notes = page.notes().join("; ");
    page.finish(outcome, test.name).await?;
    say_passed(test.name, start, &notes);
    Ok(())
}

/// Runs each test in a Firefox of its own. Where there is none, or it does not start, the tests are skipped, and this is
/// said.
async fn run_in_firefox(site: &Path, tests: &[&Test<PageInFirefox>], outcomes: &mut Outcomes) {
    if tests.is_empty() {
        return;
    }
    let program = firefox_browser::ensure();
    for test in tests {
        let start = Instant::now();
        let started = match &program {
            Ok(program) => Firefox::start(program).await.map_err(|error| format!("{error:#}")),
            Err(error) => Err(format!("{error:#}")),
        };
        match started {
            Ok(firefox) => outcomes.add(test.name, run_one_in_firefox(firefox, site, test, start).await),
            Err(why) => {
                println!("\n== SKIPPED {}: Firefox is not to be had here: {why}", test.name);
                outcomes.skipped.push(test.name);
            }
        }
    }
}

async fn run_one_in_firefox(
    firefox: Firefox,
    site: &Path,
    test: &Test<PageInFirefox>,
    start: Instant,
) -> Result<()> {
    let mut page = PageInFirefox::new(firefox, site).await?;
    let outcome = (test.run)(&mut page).await;
    let notes = page.notes.join("; ");
    page.finish(outcome).await?;
    say_passed(test.name, start, &notes);
    Ok(())
}

fn say_passed(name: &str, start: Instant, notes: &str) {
    println!("ok     {name:<55} {:>5.1} s  {notes}", start.elapsed().as_secs_f64());
}
