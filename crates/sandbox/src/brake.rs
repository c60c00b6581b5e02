//! A brake on the reading of records: a test lets some searches through and holds the next one back, to see
//! what becomes of an export that is cut off between two pages.

use std::sync::Arc;

use tokio::sync::watch;

/// Holds searches back. Clones share one brake; a new one is released.
#[derive(Clone, Debug)]
pub struct Brake(Arc<watch::Sender<State>>);

#[derive(Clone, Copy, Debug)]
struct State {
    /// How many more searches may pass; none for all.
    left: Option<usize>,
    /// How many stand waiting.
    waiting: usize,
}

impl Default for Brake {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(State { left: None, waiting: 0 })))
    }
}

impl Brake {
    /// Lets `searches` more searches pass and holds back all that follow.
    pub fn hold_after(&self, searches: usize) {
        self.0.send_modify(|state| state.left = Some(searches));
    }

    /// Lets everything pass, what is waiting too.
    pub fn release(&self) {
        self.0.send_modify(|state| state.left = None);
    }

    /// Waits until a search is held back.
    pub async fn reached(&self) {
        let mut states = self.0.subscribe();
        // The sender is ours, so it outlives the wait.
        let _ = states.wait_for(|state| state.waiting > 0).await;
    }

    /// Where every search comes by.
    pub(crate) async fn pass(&self) {
        if self.try_pass() {
            return;
        }
        let _waiting = Waiting::begin(self);
        let mut states = self.0.subscribe();
        while !self.try_pass() {
            let _ = states.changed().await;
        }
    }

    fn try_pass(&self) -> bool {
        let mut passed = false;
        self.0.send_if_modified(|state| {
            passed = state.left != Some(0);
            state.left = state.left.map(|left| left.saturating_sub(1));
            false
        });
        passed
    }
}

/// Counts a search as waiting, until it passes or its caller hangs up.
struct Waiting<'a>(&'a Brake);

impl<'a> Waiting<'a> {
    fn begin(brake: &'a Brake) -> Self {
        brake.0.send_modify(|state| state.waiting += 1);
        Self(brake)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|state| state.waiting -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_held_back_passes_when_released() {
        let brake = Brake::default();
        brake.pass().await;
        brake.hold_after(1);
        brake.pass().await;
        let held = tokio::spawn({
            let brake = brake.clone();
            async move { brake.pass().await }
        });
        brake.reached().await;
        assert!(!held.is_finished());
        brake.release();
        held.await.expect("passed");
    }
}
