//! Intake from a bus: other systems say what happened as they would in a request, and it
//! is recorded once however often the bus delivers it.

use std::fmt;

use domain::{
    event::Fact,
    id::{EventId, PackageId, Subject},
    record::Record,
};
use serde::Deserialize;
use service::{
    FieldError,
    record::{Attribution, Receipt},
};
use utoipa::ToSchema;

use crate::{
    Api,
    handlers::{
        events::event_fact,
        packages::find,
        recording::{self, Saying, say},
    },
    json,
    problem::{Kind, Problem, Result},
    schema,
    wire::{
        event::Event,
        package::PackageInput,
        scalar::{Line, Time},
    },
};

/// What such a message is called on the bus.
pub const DETAIL_TYPE: &str = "whereabouts.intake.v1";
/// The way things come that are recorded here.
const SOURCE: &str = "bus";
/// Most bytes of a message: a bus takes no more.
const LEN_MAX: usize = 1024 * 1024;

/// What another system says: it names itself and the message, so that the same message
/// again says nothing new.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Intake {
    /// Which system says so.
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,62}$")]
    pub source: String,
    /// The message's own id, among those of its source.
    pub id: Line<200>,
    /// What is said, in this order.
    #[schema(min_items = 1, max_items = 100)]
    pub drafts: Vec<Said>,
}

/// One thing that is said: a package to register, or an event of something.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// A package to register: the body of `POST /v1/packages`.
    pub package: Option<PackageInput>,
    /// An id, or a number that names exactly one package, also one registered before
    /// in the same message.
    pub subject: Option<Line<200>>,
    /// What happened to it: the body of `POST /v1/packages/{id}/events`.
    pub event: Option<Event>,
}

/// Why a message was not taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotTaken {
    /// Whether the same message may be taken in another time.
    pub again: bool,
    /// Why, in words.
    pub says: String,
    /// Each mistake, with where it is in the message.
    pub errors: Vec<FieldError>,
}

impl fmt::Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says)?;
        for FieldError { pointer, code, detail } in &self.errors {
            write!(f, "; {pointer}: {code}: {detail}")?;
        }
        Ok(())
    }
}

impl std::error::Error for NotTaken {}

impl From<Problem> for NotTaken {
    fn from(problem: Problem) -> Self {
        let again = matches!(problem.kind, Kind::Unavailable | Kind::Changed);
        Self { again, says: problem.detail, errors: problem.errors }
    }
}

impl Api {
    /// Records what a message of a bus says, in its order, and gives a receipt for each
    /// thing said. The same message again is answered with the same receipts. Whatever
    /// can be found wrong without recording is found first; should one thing be refused
    /// by what is known by then, those before it stand, and are known when the message
    /// comes again.
    pub async fn take_in_event(
        &self,
        detail: &[u8],
    ) -> std::result::Result<Vec<Receipt>, NotTaken> {
        Ok(self.taken_in(detail).await?)
    }

    async fn taken_in(&self, detail: &[u8]) -> Result<Vec<Receipt>> {
        if LEN_MAX < detail.len() {
            let says = format!("At most {LEN_MAX} bytes are taken here.");
            return Err(Problem::at(Kind::TooLarge, "", "too_large", says));
        }
        let intake: Intake = schema::read(&json::parse(detail)?, "").map_err(Problem::invalid)?;
        let faults = intake.drafts.iter().enumerate().filter_map(misshapen).collect::<Vec<_>>();
        if !faults.is_empty() {
            return Err(Problem::invalid(faults));
        }
        self.check_packages(&intake).await?;
        let mut receipts = Vec::with_capacity(intake.drafts.len());
        for index in 0..intake.drafts.len() {
            let taken = self.take_in(&intake, index).await;
            receipts.push(taken.map_err(|problem| placed(problem, index))?);
        }
        Ok(receipts)
    }

    /// Reads every package before the first is recorded, and finds what is wrong in them.
    async fn check_packages(&self, intake: &Intake) -> Result<()> {
        recording::read(self, |reading| {
            reading.within("drafts", |reading| {
                for (index, said) in intake.drafts.iter().enumerate() {
                    if let Some(package) = &said.package {
                        reading.within(index, |reading| {
                            reading.within("package", |it| package.read(None, &[], it))
                        });
                    }
                }
            });
            Some(())
        })
        .await
        .map(|_| ())
    }

    async fn take_in(&self, intake: &Intake, index: usize) -> Result<Receipt> {
        let said = &intake.drafts[index];
        let by = Attribution { actor: format!("bus:{}", intake.source), source: SOURCE.to_owned() };
        let id = EventId::derive(&[
            b"intake",
            intake.source.as_bytes(),
            intake.id.0.as_bytes(),
            &(index as u64).to_be_bytes(),
        ]);
        let at = |key: &str| format!("/drafts/{index}/{key}");
        if let Some(package) = &said.package {
            let read = recording::read(self, |reading| {
                Some(reading.within("drafts", |reading| {
                    reading.within(index, |reading| {
                        reading.within("package", |it| package.read(None, &[], it))
                    })
                }))
            })
            .await?;
            let subject = Subject::Package(PackageId::derive(&[id.as_bytes()]));
            let fact = Fact::Registered(Box::new(Record::Package(read.value)));
            let saying = Saying::new(id, subject, package.happened_at, fact);
            let saying = Saying { mentions: read.mentions, base: at("package"), ..saying };
            return say(self, &by, saying).await;
        }
        let (Some(text), Some(event)) = (&said.subject, &said.event) else {
            unreachable!("a draft is a package or an event of something")
        };
        let subject = match text.0.parse::<Subject>() {
            Ok(subject) => subject,
            Err(_) => Subject::Package(find(self, &text.0).await.map_err(|problem| {
                let (code, detail) = ("unknown", problem.detail.clone());
                let error = FieldError { pointer: at("subject"), code, detail };
                Problem { errors: vec![error], ..problem }
            })?),
        };
        let read = recording::read(self, |reading| {
            reading.within("drafts", |reading| {
                reading.within(index, |reading| {
                    reading.within("event", |it| event_fact(event, subject.kind(), it))
                })
            })
        })
        .await?;
        let saying = Saying::new(id, subject, Some(Time(event.happened_at())), read.value);
        let saying = Saying { mentions: read.mentions, base: at("event"), ..saying };
        say(self, &by, saying).await
    }
}

/// A refusal with where in the message it is: what is refused by what is known points
/// into the event, or nowhere.
fn placed(mut problem: Problem, index: usize) -> Problem {
    if problem.kind == Kind::Unavailable {
        return problem;
    }
    let draft = format!("/drafts/{index}");
    for error in &mut problem.errors {
        if !error.pointer.starts_with(&draft) {
            error.pointer = format!("{draft}/event{}", error.pointer);
        }
    }
    if problem.errors.is_empty() {
        let (code, detail) = ("refused", problem.detail.clone());
        problem.errors.push(FieldError { pointer: draft, code, detail });
    }
    problem
}

/// A draft that is neither a package nor an event of something, or both.
fn misshapen((index, said): (usize, &Said)) -> Option<FieldError> {
    let is_package = said.package.is_some() && said.subject.is_none() && said.event.is_none();
    let is_event = said.package.is_none() && said.subject.is_some() && said.event.is_some();
    let detail = "either package, or subject and event, are expected".to_owned();
    let error = FieldError { pointer: format!("/drafts/{index}"), code: "draft", detail };
    (!is_package && !is_event).then_some(error)
}
