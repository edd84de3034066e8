//! What the functions on AWS are made of. Each one's main opens what it needs and
//! hands every event to one handler; the handlers know no AWS but the shapes of events.

mod appsync;
mod batch;
mod compactor;
mod company;
mod environment;
mod fixes;
mod http;
mod intake;
mod live_ticket;
mod logs;
mod map_pass;
mod meter;
mod opened;
mod pre_sign_up;
mod projector;
mod publisher;
mod queue;
mod routed;
mod scheduler;
mod sequencer;

pub mod running;
pub mod secrets;

pub use batch::{BatchFailures, Failed, SqsEvent, SqsMessage, StreamEvent, body_of};
pub use compactor::Compactor;
pub use company::trust;
pub use environment::{Environment, Missing};
pub use fixes::Fixes;
pub use http::Gateway;
pub use intake::Intake;
pub use live_ticket::{LiveTicket, ticket_key};
pub use map_pass::MapPasses;
pub use opened::{Opened, open, relay};
pub use pre_sign_up::PreSignUp;
pub use projector::StreamProjector;
pub use publisher::AwsPublisher;
pub use queue::SqsQueue;
pub use routed::Routed;
pub use scheduler::{Look, Looks, Scheduler};
pub use sequencer::StreamSequencer;
