//! The firm's words: who works and buys there, what it ships. All of it made up.

/// The firm.
pub const FIRM: &str = "Brindlemoor Screens";
/// Where its mail is read; `.example` is nobody's.
pub const FIRM_MAIL: &str = "brindlemoor.example";

/// First names.
pub const FIRST: &[&str] = &[
    "Abena", "Adair", "Amrita", "Anselm", "Asha", "Beatriz", "Bojan", "Calla", "Chidi", "Dagny",
    "Davide", "Edda", "Emeka", "Farah", "Fenna", "Goran", "Hana", "Hollis", "Ines", "Isamu",
    "Jarek", "Joana", "Kavi", "Kirsi", "Lior", "Luz", "Maren", "Mateo", "Mina", "Nadir", "Noor",
    "Oskar", "Padma", "Quill", "Rafi", "Rhona", "Saoirse", "Selim", "Tamsin", "Tariq", "Una",
    "Viggo", "Wren", "Ximena", "Yara", "Zofia",
];

/// Last names, made up of two.
pub const LAST_BEGINS: &[&str] = &[
    "Alder", "Bram", "Cor", "Dun", "Elling", "Fern", "Gall", "Hart", "Ivers", "Kell", "Lark",
    "Mell", "Nor", "Oster", "Penn", "Quar", "Rowan", "Sil", "Thorn", "Under", "Vane", "Wick",
];

/// How they end.
pub const LAST_ENDS: &[&str] =
    &["bank", "by", "combe", "dale", "gate", "holt", "ley", "mark", "son", "strand", "wood"];

/// How clients are called.
pub const CLIENT_BEGINS: &[&str] = &[
    "Amberline",
    "Bluefen",
    "Cinderford",
    "Dovecote",
    "Eastmere",
    "Fallowfield",
    "Greyharbour",
    "Hollowbrook",
    "Inkwell",
    "Juniper Row",
    "Kestrelby",
    "Lanternhouse",
    "Millrace",
    "Nettlecombe",
    "Oakenshore",
    "Pebbleworth",
    "Quietwater",
    "Rookhaven",
    "Saltmarsh",
    "Tallgrass",
    "Umberly",
    "Velvetmoss",
    "Willowgate",
    "Yarrowdene",
];

/// What clients do.
pub const CLIENT_ENDS: &[&str] =
    &["Analytics", "Clinics", "Design", "Foods", "Insurance", "Instruments", "Robotics", "Schools"];

/// Streets.
pub const STREETS: &[&str] = &[
    "Tinker's Row",
    "Orchard Rise",
    "Copper Lane",
    "Lamplighter Street",
    "Mill Pond Road",
    "Thimble Court",
    "Quarry View",
    "Sparrow Walk",
    "Old Ferry Way",
    "Bellmaker Street",
];

/// What ships are called, after `MV`.
pub const SHIPS: &[&str] = &[
    "Marlow Heron",
    "Marlow Plover",
    "Marlow Dunlin",
    "Marlow Avocet",
    "Marlow Curlew",
    "Marlow Gannet",
    "Marlow Petrel",
    "Marlow Fulmar",
    "Marlow Puffin",
    "Marlow Osprey",
    "Marlow Bittern",
    "Marlow Kestrel",
];

/// Something the firm sells.
#[derive(Clone, Copy, Debug)]
pub struct Product {
    /// As people call it.
    pub name: &'static str,
    /// What its serial numbers begin with.
    pub prefix: &'static str,
    /// Grams, boxed.
    pub weight_g: u64,
    /// Millimetres, boxed.
    pub size_mm: [u32; 3],
    /// Cents of a dollar.
    pub price_minor: i64,
}

const fn product(
    name: &'static str,
    prefix: &'static str,
    weight_g: u64,
    size_mm: [u32; 3],
    price_minor: i64,
) -> Product {
    Product { name, prefix, weight_g, size_mm, price_minor }
}

/// What the firm ships.
pub const PRODUCTS: &[Product] = &[
    product("24-inch monitor", "BM24", 5_400, [640, 180, 420], 24_900),
    product("27-inch monitor", "BM27", 7_800, [740, 190, 480], 38_900),
    product("34-inch curved monitor", "BM34", 11_200, [960, 260, 540], 74_900),
    product("portable monitor", "BM16", 1_300, [420, 60, 300], 21_900),
    product("mechanical keyboard", "BK87", 1_100, [460, 60, 180], 11_900),
    product("low-profile keyboard", "BK61", 700, [380, 50, 160], 8_900),
    product("nine-port dock", "BD09", 900, [260, 90, 140], 17_900),
    product("travel dock", "BD04", 300, [160, 60, 110], 6_900),
    product("monitor arm", "BA01", 3_600, [520, 160, 280], 12_900),
];
