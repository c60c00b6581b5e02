//! Organisations.

use model::{Entitlements, Hcid};

use super::on_both_engines;
use super::sample::{NOW, organization};

on_both_engines! {
    async fn one_is_read_as_it_was_kept(stage: &Stage) {
        let mut kept = organization(1);
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_organization(&kept, NOW).await.expect("added");
        assert_eq!(format!("{:?}", tx.organization(&kept.id).await.expect("read")), format!("{:?}", Some(&kept)));

        kept.name = "Another name".to_owned();
        kept.hcid = None;
        kept.live = Entitlements { tefca: false, byoi: true };
        assert!(tx.update_organization(&kept).await.expect("updated"));
        assert_eq!(format!("{:?}", tx.organizations().await.expect("read")), format!("{:?}", [&kept]));
        assert!(!tx.update_organization(&organization(2)).await.expect("asked"), "there is no second one");
    }

    async fn an_hcid_belongs_to_one_organisation(stage: &Stage) {
        let (one, mut other) = (organization(1), organization(2));
        let hcid = one.hcid.clone().expect("an HCID");
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_organization(&one, NOW).await.expect("added");
        assert!(tx.hcid_is_taken(&hcid, &other.id).await.expect("asked"));
        let holder = tx.organization_of(&hcid).await.expect("asked");
        assert_eq!(holder.map(|organization| organization.id), Some(one.id.clone()));
        assert!(!tx.hcid_is_taken(&hcid, &one.id).await.expect("asked"), "its own is not taken from it");
        assert!(!tx.hcid_is_taken(&Hcid::parse("2.999.1").expect("an HCID"), &other.id).await.expect("asked"));
        other.hcid = Some(hcid);
        assert!(tx.add_organization(&other, NOW).await.is_err());
    }
}
