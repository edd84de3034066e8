//! What people say about a thing when they register it: package, container,
//! place, tracker and client records, and changes to them.

use minicbor::{Decode, Encode};

use crate::{
    id::{ClientId, PlaceId},
    mode::Mode,
    money::Money,
    position::{Height, LatLon},
    private::Private,
    time::Timestamp,
    words::words,
};

#[cfg(test)]
mod tests;

/// A number people know a package by. Carriers use numbers again, so the same
/// reference may name several packages over time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(array)]
pub struct Reference {
    /// Whose numbering: `carrier:ups`, `sscc`, `po`, `order`, `serial`, `client_ref`.
    #[n(0)]
    pub scheme: String,
    /// The number as people write it.
    #[n(1)]
    pub value: String,
}

impl Reference {
    /// The value as it is looked up: letters and digits only, in capitals.
    #[must_use]
    pub fn normalised(&self) -> String {
        normalise_reference(&self.value)
    }
}

/// Letters and digits only, in capitals: how numbers are compared, since people
/// write spaces and dashes as they please.
#[must_use]
pub fn normalise_reference(value: &str) -> String {
    value.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// Something inside a package.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(array)]
pub struct Item {
    /// What it is, as in "27-inch monitor".
    #[n(0)]
    pub name: String,
    /// How many.
    #[n(1)]
    pub quantity: u32,
    /// Serial numbers, as far as they are known.
    #[n(2)]
    pub serials: Vec<String>,
    /// What they are worth together.
    #[n(3)]
    pub value: Option<Money>,
}

/// Who gets it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(map)]
pub struct Recipient {
    /// Their name.
    #[n(0)]
    pub name: Option<Private>,
    /// Their e-mail address; a verified one links the package to an employee.
    #[n(1)]
    pub email: Option<Private>,
    /// Where they want it.
    #[n(2)]
    pub address: Option<Private>,
}

/// When the carrier promised to deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(array)]
pub struct Promise {
    /// The earliest promised moment.
    #[n(0)]
    pub first: Timestamp,
    /// The latest promised moment.
    #[n(1)]
    pub last: Timestamp,
}

/// What is known of a package apart from its movements. Every field may be
/// missing: people register what they have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(map)]
pub struct PackageRecord {
    /// What it is, in a few words.
    #[n(0)]
    pub description: Option<String>,
    /// What is inside.
    #[n(1)]
    pub items: Option<Vec<Item>>,
    /// Whose goods.
    #[n(2)]
    pub client: Option<ClientId>,
    /// Who gets it.
    #[n(3)]
    pub recipient: Option<Recipient>,
    /// Who pays inside the company.
    #[n(4)]
    pub cost_centre: Option<String>,
    /// The order it belongs to.
    #[n(5)]
    pub order: Option<String>,
    /// Where it starts.
    #[n(6)]
    pub origin: Option<PlaceId>,
    /// Where it should end.
    #[n(7)]
    pub destination: Option<PlaceId>,
    /// The shipping company, in lower case: `ups`.
    #[n(8)]
    pub carrier: Option<String>,
    /// The carrier's product, as in "Express Saver".
    #[n(9)]
    pub service: Option<String>,
    /// How it travels.
    #[n(10)]
    pub mode: Option<Mode>,
    /// How many pieces it has.
    #[n(11)]
    pub pieces: Option<u32>,
    /// Its weight in grams.
    #[n(12)]
    pub weight_g: Option<u64>,
    /// Length, width and height in millimetres.
    #[n(13)]
    pub dimensions_mm: Option<[u32; 3]>,
    /// What it is declared to be worth.
    #[n(14)]
    pub declared_value: Option<Money>,
    /// When the carrier promised to deliver.
    #[n(15)]
    pub promised: Option<Promise>,
    /// The numbers people know it by.
    #[n(16)]
    pub references: Option<Vec<Reference>>,
}

words! {
    /// A field of a package record that an amendment may clear.
    PackageField, "field";
    0 Description "description",
    1 Items "items",
    2 Client "client",
    3 Recipient "recipient",
    4 CostCentre "cost_centre",
    5 Order "order",
    6 Origin "origin",
    7 Destination "destination",
    8 Carrier "carrier",
    9 Service "service",
    10 Mode "mode",
    11 Pieces "pieces",
    12 Weight "weight_kg",
    13 Dimensions "dimensions_mm",
    14 DeclaredValue "declared_value",
    15 Promised "promised",
}

impl PackageRecord {
    /// Takes over every field that `change` has. References add up: a number
    /// once given keeps finding the package.
    pub fn amend(&mut self, change: &Self) {
        macro_rules! take {
            ($($field:ident),+) => {$(
                if change.$field.is_some() { self.$field.clone_from(&change.$field); }
            )+};
        }
        take!(description, items, client, recipient, cost_centre, order, origin, destination);
        take!(carrier, service, mode, pieces, weight_g, dimensions_mm, declared_value, promised);
        let known = self.references.get_or_insert_default();
        for reference in change.references.iter().flatten() {
            if !known.contains(reference) {
                known.push(reference.clone());
            }
        }
        // Sorted, so that the order in which amendments arrive leaves no trace.
        known.sort();
        if known.is_empty() {
            self.references = None;
        }
    }

    /// Empties one field.
    pub fn clear(&mut self, field: PackageField) {
        match field {
            PackageField::Description => self.description = None,
            PackageField::Items => self.items = None,
            PackageField::Client => self.client = None,
            PackageField::Recipient => self.recipient = None,
            PackageField::CostCentre => self.cost_centre = None,
            PackageField::Order => self.order = None,
            PackageField::Origin => self.origin = None,
            PackageField::Destination => self.destination = None,
            PackageField::Carrier => self.carrier = None,
            PackageField::Service => self.service = None,
            PackageField::Mode => self.mode = None,
            PackageField::Pieces => self.pieces = None,
            PackageField::Weight => self.weight_g = None,
            PackageField::Dimensions => self.dimensions_mm = None,
            PackageField::DeclaredValue => self.declared_value = None,
            PackageField::Promised => self.promised = None,
        }
    }

    fn privates_mut(&mut self) -> Vec<&mut Private> {
        let Some(recipient) = &mut self.recipient else { return Vec::new() };
        [&mut recipient.name, &mut recipient.email, &mut recipient.address]
            .into_iter()
            .flatten()
            .collect()
    }
}

words! {
    /// What a container is.
    ContainerKind, "container kind";
    0 Pallet "pallet",
    1 Cage "cage",
    2 Box "box",
    3 Truck "truck",
    4 Aircraft "aircraft",
    5 Vessel "vessel",
    6 Train "train",
    7 Room "room",
    8 Shelf "shelf",
    9 Other "other",
}

impl ContainerKind {
    /// How it moves, if it moves by itself.
    #[must_use]
    pub const fn mode(self) -> Option<Mode> {
        match self {
            Self::Truck => Some(Mode::Road),
            Self::Aircraft => Some(Mode::Air),
            Self::Vessel => Some(Mode::Sea),
            Self::Train => Some(Mode::Rail),
            Self::Pallet | Self::Cage | Self::Box | Self::Room | Self::Shelf | Self::Other => None,
        }
    }
}

/// What is known of a container.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(map)]
pub struct ContainerRecord {
    /// What it is.
    #[n(0)]
    pub kind: ContainerKind,
    /// What people call it: "Truck 7", "Flight WB 401", "Floor 3, shelf B".
    #[n(1)]
    pub name: String,
    /// Number plate, tail number, IMO number, asset tag.
    #[n(2)]
    pub references: Vec<Reference>,
}

words! {
    /// What a place is.
    PlaceKind, "place kind";
    0 Facility "facility",
    1 Airport "airport",
    2 Port "port",
    3 City "city",
    4 Country "country",
    /// A home: exact only for its recipient and those who enter or administer.
    5 Home "private",
}

/// A storey of a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(array)]
pub struct Floor {
    /// What people call it: "3", "mezzanine".
    #[n(0)]
    pub name: String,
    /// Millimetres above the place's ground.
    #[n(1)]
    pub above_ground_mm: i32,
}

/// The exact point of a home, kept apart from the town that everyone may see.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(array)]
pub struct ExactPoint {
    /// `latitude longitude radius` in 1e-7 degrees and metres, as personal text.
    #[n(0)]
    text: Private,
}

impl ExactPoint {
    /// Keeps a point and the radius in which the home lies.
    #[must_use]
    pub fn new(at: LatLon, radius_m: u32) -> Self {
        Self { text: Private::new(format!("{} {} {radius_m}", at.lat_e7(), at.lon_e7())) }
    }

    /// The point and its radius in metres, unless it was erased.
    #[must_use]
    pub fn get(&self) -> Option<(LatLon, u32)> {
        let mut parts = self.text.text()?.split(' ');
        let lat = parts.next()?.parse().ok()?;
        let lon = parts.next()?.parse().ok()?;
        Some((LatLon::from_e7(lat, lon).ok()?, parts.next()?.parse().ok()?))
    }

    /// A point of which only this was logged.
    pub(crate) const fn from_logged(digest: [u8; 32]) -> Self {
        Self { text: Private::Erased { digest } }
    }

    /// What is logged of it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.text.digest()
    }
}

/// What is known of a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(map)]
pub struct PlaceRecord {
    /// What it is.
    #[n(0)]
    pub kind: PlaceKind,
    /// What people call it.
    #[n(1)]
    pub name: String,
    /// Where its middle is. Of a home: where its town is.
    #[n(2)]
    pub at: LatLon,
    /// "At this place" means within this many metres of its middle.
    #[n(3)]
    pub radius_m: u32,
    /// The height of its ground.
    #[n(4)]
    pub ground: Option<Height>,
    /// Its time zone by the IANA name.
    #[n(5)]
    pub time_zone: Option<String>,
    /// Its country by two capital letters.
    #[n(6)]
    pub country: Option<String>,
    /// The gazetteer's key for it, as in `iata:FRA`.
    #[n(7)]
    pub code: Option<String>,
    /// Its storeys.
    #[n(8)]
    pub floors: Vec<Floor>,
    /// The street address of a home.
    #[n(9)]
    pub address: Option<Private>,
    /// The exact point of a home.
    #[n(10)]
    pub exact: Option<ExactPoint>,
}

/// What is known of a tracker.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(map)]
pub struct TrackerRecord {
    /// What people call it.
    #[n(0)]
    pub name: String,
    /// True when it follows a person: its fixes are personal data.
    #[n(1)]
    pub person: bool,
}

/// What is known of a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(map)]
pub struct ClientRecord {
    /// The client's name.
    #[n(0)]
    pub name: String,
}

/// What is registered, by kind of subject.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum Record {
    /// A package.
    #[n(0)]
    Package(#[n(0)] PackageRecord),
    /// A container.
    #[n(1)]
    Container(#[n(0)] ContainerRecord),
    /// A place.
    #[n(2)]
    Place(#[n(0)] PlaceRecord),
    /// A tracker.
    #[n(3)]
    Tracker(#[n(0)] TrackerRecord),
    /// A client.
    #[n(4)]
    Client(#[n(0)] ClientRecord),
}

impl Record {
    /// Which kind of subject it describes.
    pub const fn kind(&self) -> crate::id::SubjectKind {
        use crate::id::SubjectKind;
        match self {
            Self::Package(_) => SubjectKind::Package,
            Self::Container(_) => SubjectKind::Container,
            Self::Place(_) => SubjectKind::Place,
            Self::Tracker(_) => SubjectKind::Tracker,
            Self::Client(_) => SubjectKind::Client,
        }
    }

    /// Every personal text in it.
    pub fn privates_mut(&mut self) -> Vec<&mut Private> {
        match self {
            Self::Package(record) => record.privates_mut(),
            Self::Place(record) => {
                let exact = record.exact.as_mut().map(|it| &mut it.text);
                record.address.iter_mut().chain(exact).collect()
            }
            Self::Container(_) | Self::Tracker(_) | Self::Client(_) => Vec::new(),
        }
    }
}
