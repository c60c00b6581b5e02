//! Killed at random points under load, the server keeps every push that it acknowledged and gives none of them twice.
//!
//! A few rounds here; `cargo xtask crash --rounds 1000` runs as many as it is told to. The number of a round decides the
//! point of its kill, and stands in what a failure says.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ambient::Entropy;
use store::DatabaseUrl;
use store::scratch::PostgresDatabase;
use testkit::http::encode;
use testkit::{Answer, Party, Pkce};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::installation::Installation;

/// Callers at a time.
const CALLERS: usize = 12;
/// At most as many acknowledged pushes before the kill.
const LONGEST: u16 = 80;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_kept_and_nothing_is_given_twice() {
    let (first, rounds) = (asked("OPENIAS_TEST_FIRST", 0), asked("OPENIAS_TEST_ROUNDS", 8));
    killed_in(first..first + rounds, &DatabaseUrl::Embedded).await;
    if let Some(postgres) = PostgresDatabase::create().await {
        killed_in(first..first + rounds.div_ceil(4), &postgres.url()).await;
    }
}

/// A number from the environment, where a rig wants more than a test does.
#[expect(clippy::disallowed_methods, reason = "nothing else tells a test how long it may take")]
pub(crate) fn asked(variable: &str, usual: u32) -> u32 {
    std::env::var(variable).map_or(usual, |text| text.parse().expect("a number"))
}

/// What the callers know of a push that was acknowledged.
struct Entry {
    request_uri: String,
    id_token: String,
    fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Nobody has opened it.
    Waits,
    /// Somebody was opening it when the server died.
    Open,
    /// It was opened, and the answer arrived.
    Taken,
}

/// What happened until the kill.
#[derive(Default)]
struct Ledger {
    entries: Mutex<Vec<Entry>>,
    another: Notify,
}

impl Ledger {
    fn add(&self, entry: Entry) -> usize {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.push(entry);
        self.another.notify_one();
        entries.len() - 1
    }

    fn becomes(&self, at: usize, fate: Fate) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)[at].fate = fate;
    }

    async fn holds(&self, many: usize) {
        while self.entries.lock().unwrap_or_else(PoisonError::into_inner).len() < many {
            self.another.notified().await;
        }
    }
}

#[expect(clippy::print_stdout, reason = "the rig is there for what it counted")]
async fn killed_in(rounds: Range<u32>, database: &DatabaseUrl) {
    let installation = Installation::on(database).await;
    let mut server = installation.start().await;
    let (party, _) = installation.register();
    installation.tokens_count_once(&party);
    let installation = Arc::new(installation);
    let (mut pushed, mut open) = (0, 0);
    let kills = rounds.len();
    for round in rounds {
        // The same number kills after as many answers and as much time again.
        let random = Entropy::seeded(u64::from(round));
        let ledger = Arc::new(Ledger::default());
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            callers.spawn(call(Arc::clone(&installation), party.clone(), Arc::clone(&ledger)));
        }
        ledger.holds(usize::from(u16::from_le_bytes(random.bytes()) % LONGEST + 1)).await;
        // The moment itself is what is tried: no event stands for it.
        tokio::time::sleep(Duration::from_micros(u64::from(u16::from_le_bytes(random.bytes())) / 4)).await;
        server.kill();
        callers.join_all().await;
        server = installation.start().await;
        let ledger = Arc::into_inner(ledger).expect("the callers are gone");
        let entries = ledger.entries.into_inner().unwrap_or_else(PoisonError::into_inner);
        pushed += entries.len();
        open += entries.iter().filter(|entry| entry.fate == Fate::Open).count();
        examine(&party, entries, round).await;
    }
    assert_eq!(server.terminate().await, Some(0));
    println!("{kills} kills, {pushed} acknowledged pushes, {open} of them being opened at that moment");
}

/// Pushes, and opens every second one, until the server is gone.
async fn call(installation: Arc<Installation>, party: Party, ledger: Arc<Ledger>) {
    for number in 0.. {
        let id_token = installation.id_token();
        let Ok(answer) = party.par(&id_token).try_send().await else { return };
        let request_uri = answer.is(201).json()["request_uri"].as_str().expect("a request_uri").to_owned();
        let at = ledger.add(Entry { request_uri: request_uri.clone(), id_token, fate: Fate::Waits });
        if number % 2 == 0 {
            ledger.becomes(at, Fate::Open);
            let Some(answer) = open(&party, &request_uri).await else { return };
            answer.is(200);
            ledger.becomes(at, Fate::Taken);
        }
    }
}

/// The oracle: what every push has to do after the kill.
async fn examine(party: &Party, entries: Vec<Entry>, round: u32) {
    let mut looks = JoinSet::new();
    for (number, entry) in entries.into_iter().enumerate() {
        let party = party.clone();
        looks.spawn(async move {
            let what = format!("push {number} of round {round}, {:?}", entry.fate);
            let first = open(&party, &entry.request_uri).await.expect("an answer");
            match entry.fate {
                Fate::Waits => assert_eq!(first.status, 200, "{what}: it was acknowledged, and is lost"),
                Fate::Taken => assert_eq!(first.status, 400, "{what}: it is given twice"),
                Fate::Open => assert!([200, 400].contains(&first.status), "{what}: {}", first.status),
            }
            let again = open(&party, &entry.request_uri).await.expect("an answer");
            assert_eq!(again.status, 400, "{what}: it is given twice");
            let pushed_again = party.par(&entry.id_token).try_send().await.expect("an answer");
            assert_eq!(pushed_again.status, 400, "{what}: its token counts twice");
            assert!(pushed_again.text().contains("token.replayed"), "{what}: {}", pushed_again.text());
        });
        if looks.len() >= CALLERS {
            looks.join_next().await.expect("one of them").expect("as it has to be");
        }
    }
    looks.join_all().await;
}

/// Opens the consent page; none when there is no answer.
pub(crate) async fn open(party: &Party, request_uri: &str) -> Option<Answer> {
    let (callback, pkce) = (party.widget_callback(), Pkce::fresh());
    let query = encode(&[
        ("response_type", "code"),
        ("client_id", &party.public_id),
        ("redirect_uri", &callback),
        ("code_challenge", &pkce.challenge),
        ("code_challenge_method", "S256"),
        ("request_uri", request_uri),
    ]);
    party.http.get(&format!("/v1/oauth2/authorize?{query}")).try_send().await.ok()
}
