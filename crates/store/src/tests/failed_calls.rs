//! Calls of clients that failed.

use model::{Credential, Timestamp};

use super::on_both_engines;
use super::sample::{NOW, client};
use crate::{FailedCall, FailedCallFilter, Page, Place};

/// A failed call of a client; odd ones were the server's fault.
pub(super) fn failed(client: &Credential, number: u16, at: Timestamp) -> FailedCall {
    FailedCall {
        at,
        organization_id: client.organization_id.clone(),
        public_id: client.public_id.clone(),
        request_id: format!("request-{number}"),
        method: "POST".to_owned(),
        route: "/oauth2/par".to_owned(),
        status: if number.is_multiple_of(2) { 400 } else { 503 },
        error: "invalid_request".to_owned(),
        rule: "token.audience".to_owned(),
    }
}

/// The numbers of the calls on a page.
fn numbers(page: &Page<(i64, FailedCall)>) -> Vec<&str> {
    page.rows.iter().filter_map(|(_, call)| call.request_id.strip_prefix("request-")).collect()
}

on_both_engines! {
    async fn a_failed_call_reads_as_it_was_kept(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let call = failed(&client, 7, NOW);
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_failed_call(&call).await.expect("added");
        let filter = FailedCallFilter::default();
        let page = tx.failed_calls(&client.organization_id, filter, Place::Latest, 10).await.expect("read");
        assert_eq!(page.rows.iter().map(|(_, call)| call).collect::<Vec<_>>(), [&call]);
        assert_eq!(tx.whose_failed_call("request-7").await.expect("read"), Some(client.organization_id));
        assert_eq!(tx.whose_failed_call("request-8").await.expect("read"), None);
    }

    async fn an_organization_sees_its_own_page_by_page_and_through_a_filter(stage: &Stage) {
        let (client, other) = (client(&stage.store, 1).await, client(&stage.store, 2).await);
        let mut tx = stage.store.write().await.expect("a transaction");
        for number in 0..5 {
            tx.add_failed_call(&failed(&client, number, NOW)).await.expect("added");
            tx.add_failed_call(&failed(&other, 100 + number, NOW)).await.expect("added");
        }
        let all = FailedCallFilter::default();
        let organization = &client.organization_id;
        let latest = tx.failed_calls(organization, all, Place::Latest, 10).await.expect("read");
        assert_eq!(numbers(&latest), ["4", "3", "2", "1", "0"]);
        let id = |number: usize| latest.rows[4 - number].0;
        let class = |digit| FailedCallFilter { class: Some(digit), ..all };
        let (own, foreign) = (client.public_id.as_str(), other.public_id.as_str());
        let of = |public_id| FailedCallFilter { public_id: Some(public_id), ..all };
        let request = |request_id| FailedCallFilter { request_id: Some(request_id), ..all };
        // The calls by their number, then whether there are newer and older ones.
        for (filter, place, wanted, newer, older) in [
            (all, Place::Latest, &["4", "3"][..], false, true),
            (all, Place::Before(id(3)), &["2", "1"], true, true),
            (all, Place::Before(id(1)), &["0"], true, false),
            (all, Place::After(id(1)), &["3", "2"], true, true),
            (all, Place::After(id(2)), &["4", "3"], false, true),
            (class(4), Place::Latest, &["4", "2"], false, true),
            (class(5), Place::Latest, &["3", "1"], false, false),
            (class(2), Place::Latest, &[], false, false),
            (of(own), Place::After(id(2)), &["4", "3"], false, true),
            (of(foreign), Place::Latest, &[], false, false),
            (request("request-2"), Place::Latest, &["2"], false, false),
            (request("request-102"), Place::Latest, &[], false, false),
        ] {
            let page = tx.failed_calls(organization, filter, place, 2).await.expect("read");
            assert_eq!((numbers(&page), page.newer, page.older), (wanted.to_vec(), newer, older), "{filter:?} {place:?}");
        }
    }

    async fn an_organization_keeps_only_the_newest(stage: &Stage) {
        let (client, other) = (client(&stage.store, 1).await, client(&stage.store, 2).await);
        let mut tx = stage.store.write().await.expect("a transaction");
        for number in 0..5 {
            tx.add_failed_call(&failed(&client, number, NOW)).await.expect("added");
            tx.add_failed_call(&failed(&other, number, NOW)).await.expect("added");
        }
        assert_eq!(tx.trim_failed_calls(&client.organization_id, 5).await.expect("asked"), 0);
        assert_eq!(tx.trim_failed_calls(&client.organization_id, 3).await.expect("trimmed"), 2);
        for (client, wanted) in [(&client, &["4", "3", "2"][..]), (&other, &["4", "3", "2", "1", "0"])] {
            let all = FailedCallFilter::default();
            let page = tx.failed_calls(&client.organization_id, all, Place::Latest, 10).await.expect("read");
            assert_eq!(numbers(&page), wanted);
        }
    }
}
