//! Refused pushes on their way into the audit trail. They are written together, so that no refusal costs a
//! transaction, and of one client's equal ones a few a minute: a line then says how many more there were.

use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{Credential, PublicId, Timestamp};
use store::{Happening, Store, StoreError};

use super::Refusal;

/// How many lines wait at most. What finds no room is counted like what is too much.
const MOST: usize = 2048;
/// How many equal refusals of a client have lines of their own in a minute.
const FEW: u32 = 5;
const MINUTE: Duration = Duration::from_mins(1);

/// What waits to be written, and what was written lately. The process that counts it keeps it: another node's
/// refusals are lines of its own.
#[derive(Default)]
pub struct RefusedPushes(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    lines: Vec<Line>,
    lately: HashMap<(PublicId, &'static str), Minute>,
}

/// A line of the trail.
#[derive(Clone)]
struct Line {
    at: Timestamp,
    request_id: String,
    actor: String,
    subject: String,
    detail: String,
}

/// The equal refusals of one client since it was first refused for that.
struct Minute {
    since: Timestamp,
    lines: u32,
    left_out: u64,
    /// The last one that was left out.
    last: Option<Line>,
}

impl RefusedPushes {
    /// Keeps a refusal for the trail.
    pub(super) fn note(&self, whose: &Credential, refusal: &Refusal, request_id: &str, now: Timestamp) {
        let (code, public_id) = (refusal.code(), &whose.public_id);
        let line = |detail| Line {
            at: now,
            request_id: request_id.to_owned(),
            actor: public_id.as_str().to_owned(),
            subject: whose.organization_id.as_str().to_owned(),
            detail,
        };
        let mut waiting = self.waiting();
        let Waiting { lines, lately } = &mut *waiting;
        let minute = lately.entry((public_id.clone(), code)).or_insert_with(|| Minute::from(now));
        if minute.is_over(now) {
            lines.extend(mem::replace(minute, Minute::from(now)).close(code));
        }
        if minute.lines < FEW && lines.len() < MOST {
            minute.lines += 1;
            lines.push(line(format!("{code}: {refusal}")));
        } else {
            minute.left_out += 1;
            minute.last = Some(line(String::new()));
        }
    }

    /// Writes what waits, in one transaction; what cannot be written goes on waiting. At the end of serving nothing
    /// is left out: `now` is then later than any minute that has begun.
    pub async fn flush(&self, store: &Store, now: Timestamp) -> Result<(), StoreError> {
        let lines = self.take(now);
        if lines.is_empty() {
            return Ok(());
        }
        let written = write(store, &lines).await;
        if written.is_err() {
            self.waiting().lines.splice(0..0, lines);
        }
        written
    }

    fn take(&self, now: Timestamp) -> Vec<Line> {
        let mut waiting = self.waiting();
        let Waiting { lines, lately } = &mut *waiting;
        let over = lately.extract_if(|_, minute| minute.is_over(now));
        lines.extend(over.filter_map(|((_, code), minute)| minute.close(code)));
        mem::take(lines)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Minute {
    const fn from(since: Timestamp) -> Self {
        Self { since, lines: 0, left_out: 0, last: None }
    }

    fn is_over(&self, now: Timestamp) -> bool {
        now.since(self.since) >= MINUTE
    }

    /// The line that says what was left out, in the request that was the last of it.
    fn close(self, code: &str) -> Option<Line> {
        let detail = format!("{code}: refused {} more times like this", self.left_out);
        self.last.map(|last| Line { detail, ..last })
    }
}

async fn write(store: &Store, lines: &[Line]) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    for line in lines {
        let Line { request_id, actor, subject, detail, .. } = line;
        tx.audit(Happening { request_id, actor, action: "par.refused", subject, detail }, line.at).await?;
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::id::OrganizationId;
    use model::{ClientPolicy, Mode, SecretHash, TokenPolicy};

    const NOW: Timestamp = Timestamp::from_seconds(1_780_000_000);

    fn client(number: u16) -> Credential {
        let [first, second] = number.to_be_bytes();
        let random = std::array::from_fn(|at| if at == 0 { first } else { second });
        Credential {
            public_id: PublicId::from_random(Mode::Test, random),
            organization_id: OrganizationId::from_random([first; 16]),
            private_key: SecretHash::of("x"),
            redirect_uris: Vec::new(),
            origins: Vec::new(),
            note: String::new(),
            tokens: TokenPolicy::default(),
            policy: ClientPolicy::default(),
            active: true,
        }
    }

    fn said(lines: &[Line]) -> Vec<(&str, &str)> {
        lines.iter().map(|line| (line.request_id.as_str(), line.detail.as_str())).collect()
    }

    #[test]
    fn of_equal_refusals_a_few_a_minute_are_lines_and_the_next_one_counts_the_rest() {
        let (refused, one) = (RefusedPushes::default(), client(1));
        for number in 0..100 {
            refused.note(&one, &Refusal::Scope, &number.to_string(), NOW);
        }
        refused.note(&one, &Refusal::Idp, "another rule", NOW);
        refused.note(&client(2), &Refusal::Scope, "another client", NOW);
        let lines = refused.take(NOW);
        let ids: Vec<_> = lines.iter().map(|line| line.request_id.as_str()).collect();
        assert_eq!(ids, ["0", "1", "2", "3", "4", "another rule", "another client"]);
        assert!(refused.take(NOW.plus(MINUTE / 2)).is_empty());
        refused.note(&one, &Refusal::Scope, "later", NOW.plus(MINUTE));
        let lines = refused.take(NOW.plus(MINUTE));
        assert_eq!(said(&lines)[0], ("99", "par.scope: refused 95 more times like this"));
        assert_eq!(said(&lines)[1].0, "later");
        assert_eq!(lines.len(), 2);
    }

    #[test]
    fn what_was_left_out_is_said_though_nothing_follows_and_nothing_is_kept_of_it() {
        let (refused, one) = (RefusedPushes::default(), client(1));
        (0..7).for_each(|_| refused.note(&one, &Refusal::Scope, "x", NOW));
        assert_eq!(refused.take(NOW).len(), 5);
        let lines = refused.take(NOW.plus(MINUTE));
        assert_eq!(said(&lines), [("x", "par.scope: refused 2 more times like this")]);
        assert!(refused.waiting().lately.is_empty());
    }

    #[test]
    fn only_so_many_wait() {
        let refused = RefusedPushes::default();
        for number in (0..20).flat_map(|first| (0..30).map(move |second| first << 8 | second)) {
            for refusal in [Refusal::Scope, Refusal::Idp, Refusal::MaxAge, Refusal::Prompt] {
                (0..FEW).for_each(|_| refused.note(&client(number), &refusal, "x", NOW));
            }
        }
        assert_eq!(refused.waiting().lines.len(), MOST);
        let left_out: u64 = refused.waiting().lately.values().map(|minute| minute.left_out).sum();
        assert_eq!(left_out, 20 * 30 * 4 * 5 - 2048);
    }
}
