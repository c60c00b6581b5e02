//! The keys at hand: that a valid token is one that verifies, on every node and for whoever keeps key sets.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use ambient::Entropy;
use jose::{Algorithm, Compact, KeySet, SigningKey};
use model::Timestamp;
use tokio::task::JoinSet;

use super::sample::NOW;
use super::{Stage, on_both_engines};
use crate::key_ring::{Cause, JWKS_LIFE, KEEP, LEAD, REFRESH, SIGNED_LIFE, STALE};
use crate::{KeyPurpose, KeyRing, KeyStage, Store, StoreError};

const ES256: Algorithm = Algorithm::Es256;
const CAUSE: Cause<'static> = Cause { actor: "operator", request_id: "test" };
const SECOND: Duration = Duration::from_secs(1);

/// The ring of our own tokens on a node, with its keys kept already: one RSA key is enough for many tests.
async fn ring(store: &Store) -> KeyRing {
    let ring = KeyRing::new(store.clone(), KeyPurpose::Identity);
    ring.at(NOW).await.expect("keys");
    ring
}

/// Another node of the same installation.
async fn another_node(stage: &Stage) -> Store {
    Store::open(&stage.options, Entropy::seeded(2)).await.expect("the store opens")
}

fn sign(key: &SigningKey) -> String {
    key.sign("JWT", b"{}", &Entropy::system().for_signing()).expect("signed")
}

fn verifies(token: &str, keys: &KeySet) -> bool {
    Compact::parse(token).expect("a token").verify(keys, &[ES256]).is_ok()
}

/// Whoever verifies: fetches our key set from one node, keeps it for as long as it may, and never asks sooner.
struct Verifier {
    node: KeyRing,
    life: Duration,
    kept: Option<(Arc<KeySet>, Timestamp)>,
}

impl Verifier {
    fn new(node: &KeyRing, life: Duration) -> Self {
        Self { node: node.clone(), life, kept: None }
    }

    async fn keys(&mut self, now: Timestamp) -> Arc<KeySet> {
        if let Some((keys, fetched_at)) = &self.kept
            && now.since(*fetched_at) < self.life
        {
            return Arc::clone(keys);
        }
        let keys = self.node.key_set(now).await.expect("keys");
        self.kept = Some((Arc::clone(&keys), now));
        keys
    }
}

on_both_engines! {
    /// Hours of two nodes, two rotations and many verifiers, in steps of no rhythm.
    async fn no_valid_token_fails_to_verify_while_keys_rotate(stage: &Stage) {
        let nodes = [ring(&stage.store).await, ring(&another_node(stage).await).await];
        let entropy = Entropy::seeded(7);
        let mut verifiers: Vec<Verifier> = Vec::new();
        // Shows that the walk would find one: this one keeps what it has got.
        let (mut sleeper, mut slept) = (Verifier::new(&nodes[0], Duration::MAX), 0);
        // The keys that have signed, each with the token that expires last.
        let mut last: BTreeMap<String, (String, Timestamp)> = BTreeMap::new();
        let mut rotations = VecDeque::from([NOW.plus(Duration::from_hours(1)), NOW.plus(Duration::from_hours(4))]);
        let mut now = NOW;
        while now < NOW.plus(Duration::from_hours(9)) {
            if rotations.front().is_some_and(|at| *at <= now) {
                rotations.pop_front();
                // Whichever node does it, the other one learns of it by itself.
                let node = &nodes[rotations.len()];
                node.rotate(ES256, Duration::ZERO, CAUSE, now).await.expect("asked").expect("rotated");
            }
            // More at each step, so that some fetch from each node at every moment.
            if verifiers.len() < 128 {
                verifiers.extend(nodes.iter().map(|node| Verifier::new(node, JWKS_LIFE)));
            }
            for node in &nodes {
                let key = node.signing(ES256, now).await.expect("a key");
                last.insert(key.kid().to_owned(), (sign(&key), now.plus(SIGNED_LIFE)));
            }
            let valid = last.iter().filter(|(_, (_, expires_at))| *expires_at > now);
            let valid: Vec<(&str, &str)> = valid.map(|(kid, (token, _))| (kid.as_str(), token.as_str())).collect();
            for (number, verifier) in verifiers.iter_mut().enumerate() {
                let keys = verifier.keys(now).await;
                let missed = valid.iter().find(|(kid, _)| keys.find(kid).is_none());
                assert_eq!(missed, None, "{} s after the start", now.since(NOW).as_secs());
                // One looks at the signatures too.
                assert!(number > 0 || valid.iter().all(|(_, token)| verifies(token, &keys)));
            }
            let old = sleeper.keys(now).await;
            slept += valid.iter().filter(|(kid, _)| old.find(kid).is_none()).count();
            now = now.plus(Duration::from_secs(1 + u64::from(entropy.bytes::<1>()[0]) / 16));
        }
        assert_eq!(last.len(), 3, "two rotations");
        assert!(slept > 0, "the walk finds a verifier that is out of date");
        let published = nodes[0].at(now).await.expect("keys").published().len();
        assert_eq!(published, 2, "one key of each algorithm is left");
    }

    async fn of_nodes_that_rotate_at_once_one_makes_a_key(stage: &Stage) {
        let nodes = [ring(&stage.store).await, ring(&another_node(stage).await).await];
        let mut runners = JoinSet::new();
        for runner in 0..16 {
            let node = nodes[runner % 2].clone();
            runners.spawn(async move { node.rotate(ES256, Duration::ZERO, CAUSE, NOW).await.expect("asked") });
        }
        let won: Vec<_> = runners.join_all().await.into_iter().flatten().collect();
        let [rotated] = won.as_slice() else { panic!("one: {won:?}") };
        assert_eq!(rotated.signs_from, NOW.plus(LEAD));
        assert_eq!(rotated.published_until, NOW.plus(LEAD).plus(KEEP));
        assert_eq!(stage.store.row_counts().await["signing_keys"], 3);
        let trail = stage.store.read().await.expect("a transaction").audit_trail(9).await.expect("read");
        // What two nodes write in one millisecond has no order; what one writes has.
        let ours: Vec<_> = trail.iter().filter(|line| line.actor == "operator").collect();
        let lines: Vec<_> = ours.iter().map(|line| (line.action.as_str(), line.subject.as_str())).collect();
        assert_eq!(lines, [("key.retired", &*rotated.predecessor), ("key.published", &*rotated.successor)]);
        assert_eq!(ours[0].detail, "identity ES256 rotation");
        assert_eq!(trail.len(), 4, "and one for each first key");
    }

    async fn of_nodes_that_start_at_once_one_makes_the_first_keys(stage: &Stage) {
        let other = another_node(stage).await;
        let mut runners = JoinSet::new();
        for store in [stage.store.clone(), stage.store.clone(), other] {
            // Nodes: none knows of another's ring.
            let ring = KeyRing::new(store, KeyPurpose::Identity);
            runners.spawn(async move {
                ring.open(NOW).await.expect("opened");
                let keys = ring.at(NOW).await.expect("keys");
                Algorithm::ALL.map(|algorithm| keys.signing(algorithm).ok().map(|key| key.kid().to_owned()))
            });
        }
        let mut made = runners.join_all().await;
        made.dedup();
        let [[Some(_), None, Some(_), None, None, None]] = made.as_slice() else { panic!("the same two: {made:?}") };
        assert_eq!(stage.store.row_counts().await["signing_keys"], 2);
    }

    async fn a_schedule_waits_until_a_key_has_signed_for_so_long(stage: &Stage) {
        let (ring, age) = (ring(&stage.store).await, Duration::from_hours(90 * 24));
        let rotated = async |now| ring.rotate(ES256, age, CAUSE, now).await.expect("asked").is_some();
        assert!(!rotated(NOW.plus(age).minus(SECOND)).await);
        assert!(rotated(NOW.plus(age)).await);
        // It counts from when the successor signs.
        assert!(!rotated(NOW.plus(age).plus(age)).await);
        assert!(rotated(NOW.plus(age).plus(LEAD).plus(age)).await);
    }

    async fn a_leaked_key_ends_at_once_and_other_nodes_learn_of_it(stage: &Stage) {
        let (node, other) = (ring(&stage.store).await, ring(&another_node(stage).await).await);
        let key = node.signing(ES256, NOW).await.expect("a key");
        let (token, leaked) = (sign(&key), key.kid().to_owned());
        assert_eq!(node.end("nobody's", CAUSE, NOW).await.expect("asked"), None);
        let network = KeyRing::new(stage.store.clone(), KeyPurpose::Network);
        assert_eq!(network.end(&leaked, CAUSE, NOW).await.expect("asked"), None, "another ring's");
        let now = NOW.plus(SECOND);
        let ended = node.end(&leaked, CAUSE, now).await.expect("asked").expect("ended");
        assert_eq!(ended.stage, KeyStage::Signing);
        assert_ne!(ended.signing, leaked);
        let fresh = sign(&node.signing(ES256, now).await.expect("a key"));
        let keys = node.key_set(now).await.expect("keys");
        assert!(verifies(&fresh, &keys) && !verifies(&token, &keys));

        // A node that holds what was looks again for a key that it does not know.
        assert!(verifies(&token, &other.key_set(now).await.expect("keys")));
        let found = other.key_set_for(&ended.signing, now).await.expect("keys");
        assert!(found.find(&ended.signing).is_some(), "what is older than a second is read again");
        assert!(!verifies(&token, &other.key_set(now).await.expect("keys")));
    }

    async fn a_node_serves_what_it_holds_for_a_while_when_the_store_does_not_answer(stage: &Stage) {
        let ring = ring(&stage.store).await;
        stage.store.hang_up().await;
        for (age, serves) in [(REFRESH, true), (STALE.saturating_sub(SECOND), true), (STALE, false)] {
            let keys = ring.at(NOW.plus(age)).await;
            assert_eq!(keys.is_ok(), serves, "after {} s", age.as_secs());
            assert!(matches!(keys.err(), None | Some(StoreError::Database(_) | StoreError::Closed)));
        }
    }

    /// A clock that was set back must not leave us without a signature.
    async fn before_the_first_key_the_first_key_signs(stage: &Stage) {
        let ring = ring(&stage.store).await;
        let kid = ring.signing(ES256, NOW).await.expect("a key").kid().to_owned();
        let fresh = KeyRing::new(stage.store.clone(), KeyPurpose::Identity);
        let before = NOW.minus(Duration::from_hours(1));
        assert_eq!(fresh.signing(ES256, before).await.expect("a key").kid(), kid);
        assert_eq!(stage.store.row_counts().await["signing_keys"], 2);
    }
}
