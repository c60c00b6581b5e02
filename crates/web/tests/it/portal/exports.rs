//! Exports.

use std::time::Duration;

use serde_json::json;
use testkit::TestServer;

use super::Desk;

#[tokio::test]
async fn an_export_is_shown_from_its_beginning_to_its_deletion() {
    let server = TestServer::start().await;
    let (desk, party) = (Desk::open(&server).await, server.party().await);
    assert!(desk.get(&desk.path("/exports")).await.text().contains("No export has been asked for yet."));
    let (_, connections) = server.connected(&party).await;
    let call = server.http.json("/v1/bridge/fhir/ehi-export", &json!({"org_connection_id": connections[0]}));
    party.signed(call).send().await.is(200);
    assert!(desk.get(&desk.path("/exports")).await.is(200).text().contains(">Pending<"));

    server.work().await;
    let export = server
        .store()
        .read()
        .await
        .expect("tx")
        .exports_of(&server.organization.id, 1)
        .await
        .expect("read")
        .remove(0);
    let store::ExportState::Success { stats, .. } = &export.state else { panic!("{:?}", export.state) };
    let total = stats.values().sum::<u64>();
    let page = desk.get(&desk.path("/exports")).await.text();
    assert!(total > 0 && page.contains(&format!(">{total}<")) && page.contains(">Ready<"));
    assert!(page.contains(export.id.as_str()) && page.contains("datetime=\"2026-05-29T20:26:40Z\""));

    server.advance(Duration::from_hours(25));
    let mut tx = server.store().write().await.expect("a transaction");
    tx.lapse_exports(server.clock.now()).await.expect("lapsed");
    tx.commit().await.expect("committed");
    let desk = Desk::open(&server).await;
    assert!(desk.get(&desk.path("/exports")).await.text().contains(">Deleted<"));
}

#[tokio::test]
async fn a_failure_is_shown_with_what_it_means() {
    let server = TestServer::start().await;
    let (desk, party) = (Desk::open(&server).await, server.party().await);
    let (_, connections) = server.connected(&party).await;
    let call = server.http.json("/v1/bridge/fhir/ehi-export", &json!({"org_connection_id": connections[0]}));
    party.signed(call).send().await.is(200);
    let mut tx = server.store().write().await.expect("a transaction");
    let export = tx.exports_of(&server.organization.id, 1).await.expect("read").remove(0);
    tx.fail_export(&export.id, "tefca_no_documents_found").await.expect("failed");
    tx.commit().await.expect("committed");
    let page = desk.get(&desk.path("/exports")).await.text();
    assert!(page.contains(">Failed<") && page.contains("tefca_no_documents_found"));
    assert!(page.contains("The provider holds no records of the patient."));
}
