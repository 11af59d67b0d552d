//! Carries updates to the state. Parts of the page that the page itself owns, such as its workers, send their updates
//! through this module, so that they need not import the page.

use crate::{state::State, worker_pool::Effect};
use std::cell::OnceCell;

/// An update of the state. It takes the time in seconds and returns the effects to carry out.
pub(super) type StateUpdate = Box<dyn FnOnce(&mut State, f64) -> Vec<Effect>>;

thread_local! {
    static DECIDE: OnceCell<fn(StateUpdate)> = const { OnceCell::new() };
}

/// Sets the function that applies all updates from now on. Only the first call counts.
pub(super) fn set_updater(decide: fn(StateUpdate)) {
    DECIDE.with(|place| {
        place.get_or_init(|| decide);
    });
}

/// Updates the state, carries out its effects, and requests a redraw.
pub(super) fn update_state(decide: impl FnOnce(&mut State, f64) -> Vec<Effect> + 'static) {
    if let Some(send) = DECIDE.with(|place| place.get().copied()) {
        send(Box::new(decide));
    }
}
