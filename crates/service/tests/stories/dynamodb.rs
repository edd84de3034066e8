//! The same stories on DynamoDB, as an emulator in this process speaks it, beside the
//! memory engine; and what operations cost there.

use std::{env, process::Command, sync::Arc};

use domain::{
    event::{Fact, Holder},
    fixes::Batch,
    id::{PackageId, Subject},
};
use futures::future::LocalBoxFuture;
use table::{Memory, Mirror, Table, Usage};
use table_dynamodb::{Dynamo, emulated::Emulator};

use crate::{
    fixes::{fix, gateway, tracker},
    world::{World, draft},
};

/// What is told in every test run: one of each kind. A soak tells all.
const SOME: &[&str] =
    &["record::", "attention::", "search::", "units::", "map::", "erasing::", "logged::"];

/// Starts this program again, where [`World::new`] then is on the other engine.
#[test]
fn stories_go_the_same_way_on_dynamodb() {
    if crate::on_dynamodb() {
        return;
    }
    let mut again = Command::new(env::current_exe().unwrap());
    again.env("WHEREABOUTS_ENGINE", "dynamodb");
    if !depth::is_soak() {
        again.args(SOME);
    }
    let told = again.output().unwrap();
    let [out, errors] = [told.stdout, told.stderr].map(|it| String::from_utf8(it).unwrap());
    assert!(told.status.success(), "{out}\n{errors}");
    assert!(!out.contains(" 0 passed"), "{out}");
}

/// Both meters at work: what the emulator charges, and what the port counts.
struct Costs {
    dynamo: Arc<Dynamo>,
    memory: Arc<Memory>,
    world: World,
}

impl Costs {
    /// Does something and tells what it cost, and then what follows from it.
    fn of<'a>(
        &'a self,
        what: &'a str,
        does: impl Future<Output = ()> + 'a,
    ) -> LocalBoxFuture<'a, Usage> {
        let does = self.part(what, does);
        Box::pin(async move {
            let before = self.dynamo.usage();
            does.await;
            let follows = async { self.world.projector.catch_up().await.unwrap() };
            self.part("  what follows from it", follows).await;
            self.dynamo.usage() - before
        })
    }

    fn part<'a>(
        &'a self,
        what: &'a str,
        does: impl Future<Output = ()> + 'a,
    ) -> LocalBoxFuture<'a, ()> {
        let does = Box::pin(does);
        Box::pin(async move {
            let before = (self.dynamo.usage(), self.memory.usage(), self.dynamo.requests());
            does.await;
            let charged = self.dynamo.usage() - before.0;
            let counted = self.memory.usage() - before.1;
            assert_eq!(charged, counted, "{what}: charged, and counted by ourselves");
            let requests = self.dynamo.requests() - before.2;
            let (written, read) = (charged.write_units, charged.read_units);
            println!("{what:<34} {written:>5} write units {read:>5} read units   {requests}");
        })
    }
}

#[tokio::test]
async fn what_an_operation_costs_is_what_the_port_counts() {
    let (dynamo, memory) = (Arc::new(Emulator::dynoxide().table().await), Arc::new(Memory::new()));
    let mirror = Mirror::new(dynamo.clone(), memory.clone());
    let costs = Costs { dynamo, memory, world: World::on(Arc::new(mirror)) };
    let world = &costs.world;
    let hub = world.place("Hub", 50.11, 8.68).await;
    let truck = world.truck("Truck 7").await;
    let tags = [tracker(world, "tag 1").await, tracker(world, "tag 2").await];
    let on = Fact::TrackerAttached(tags[0]);
    world.record(vec![draft("on", Subject::Container(truck), 0, on)]).await.unwrap();
    world.projector.catch_up().await.unwrap();
    println!();

    let mut first = None;
    costs.of("register a package", async { first = Some(world.package("1Z0").await) }).await;
    let package = first.unwrap();
    let scanned = Fact::Scanned { place: hub, floor: None };
    costs
        .of("scan it", async {
            world.say(Subject::Package(package), 1, scanned.clone()).await.unwrap();
        })
        .await;
    costs
        .of("load it", async {
            world.load(package, truck, 2).await.unwrap();
        })
        .await;
    costs
        .part("where is it?", async {
            let at = world.service_now();
            world.service.whereabouts(Subject::Package(package), at, true).await.unwrap().unwrap();
        })
        .await;

    let mut packages: Vec<PackageId> = Vec::new();
    costs
        .of("register 25 more", async {
            for n in 1..=25 {
                packages.push(world.package(&format!("1Z{n}")).await);
            }
        })
        .await;
    let joined = Fact::Joined(Holder::Container(truck));
    for (what, fact, hours) in [("scan these 25", scanned, 3), ("load these 25", joined, 4)] {
        let spent = costs
            .of(what, async {
                for package in &packages {
                    world.say(Subject::Package(*package), hours, fact.clone()).await.unwrap();
                }
            })
            .await;
        assert!(spent.write_units <= 25 * 8 + 25, "{what}: {spent:?}");
    }
    costs
        .of("a batch of 50 fixes of 2 trackers", async {
            let fixes = (0..50).map(|n| (tags[n % 2], fix(n as i64 * 10)));
            world.service.accept_fixes(&gateway(), None, &Batch::of(fixes)).await.unwrap();
        })
        .await;
}
