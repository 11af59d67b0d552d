//! What happens in the browser, on its way to whoever decides: parts of the page that the page itself holds, such as its
//! workers, say here what the state should make of it.

use crate::{state::State, worker_pool::Effect};
use std::cell::OnceCell;

/// A decision of the state, given the time in seconds.
pub(super) type StateUpdate = Box<dyn FnOnce(&mut State, f64) -> Vec<Effect>>;

thread_local! {
    static DECIDE: OnceCell<fn(StateUpdate)> = const { OnceCell::new() };
}

/// Sends all decisions to `decide` from now on. It can be said once.
pub(super) fn set_updater(decide: fn(StateUpdate)) {
    DECIDE.with(|place| {
        place.get_or_init(|| decide);
    });
}

/// Lets the state decide, carries out what it wants, and has the page drawn again.
pub(super) fn update_state(decide: impl FnOnce(&mut State, f64) -> Vec<Effect> + 'static) {
    if let Some(send) = DECIDE.with(|place| place.get().copied()) {
        send(Box::new(decide));
    }
}
