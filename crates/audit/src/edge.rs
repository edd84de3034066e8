//! The right edge of a log: its partial tiles, which are all that growing needs.

use crate::{
    bundle::{self, TooLong},
    hash::{HASH_LEN, Hash, hashes_of, leaf_hash, root_of, tree_hash},
    tile::{Content, TileId, WIDTH, partial},
};

/// The partial tiles and the partial bundle of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    /// The hashes of the last tile of each level that are in no full one.
    levels: Vec<Vec<Hash>>,
    bundle: Vec<u8>,
}

/// What a log is after entries were added, and the files that are new with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grown {
    /// The edge from then on.
    pub edge: Edge,
    /// Tiles and bundles, full and partial. None of them existed before.
    pub tiles: Vec<(TileId, Vec<u8>)>,
}

impl Edge {
    /// How many entries the log has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the log's tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        root_of(&self.levels)
    }

    /// The tiles and the bundle that an edge of this size is read from.
    pub fn tiles_at(size: u64) -> impl Iterator<Item = TileId> {
        let bundle = TileId::of(Content::Entries, size / WIDTH, size);
        bundle.into_iter().chain(partial(size))
    }

    /// Puts an edge together from the bytes of [`Self::tiles_at`]; what is wrong
    /// with one of them otherwise. Its root says whether they are the right ones.
    pub fn of_tiles(size: u64, read: &[(TileId, Vec<u8>)]) -> Result<Self, (TileId, String)> {
        let levels = usize::from(crate::tile::levels(size));
        let mut edge = Self { size, levels: vec![Vec::new(); levels], bundle: Vec::new() };
        for (tile, bytes) in read {
            let width = usize::from(tile.width);
            match tile.content {
                Content::Entries => edge.bundle.clone_from(bytes),
                Content::Hashes(level) => {
                    let hashes = hashes_of(bytes).filter(|it| it.len() == width);
                    let wrong = || format!("has {} bytes, not {}", bytes.len(), width * HASH_LEN);
                    edge.levels[usize::from(level)] = hashes.ok_or_else(|| (*tile, wrong()))?;
                }
            }
        }
        let Some((tile, bytes)) = read.iter().find(|it| it.0.content == Content::Entries) else {
            return Ok(edge);
        };
        let entries = bundle::entries(bytes);
        let entries =
            entries.map_err(|it| (*tile, format!("ends within its entry {}", it.whole)))?;
        let hashes: Vec<Hash> = entries.into_iter().map(leaf_hash).collect();
        if Some(&hashes) != edge.levels.first() {
            return Err((*tile, "holds other entries than the tile of their hashes".to_owned()));
        }
        Ok(edge)
    }

    /// Adds entries. The log's files become those that are there and the new ones.
    pub fn grown<T: AsRef<[u8]>>(
        &self,
        entries: impl IntoIterator<Item = T>,
    ) -> Result<Grown, TooLong> {
        let mut grown = Grown { edge: self.clone(), tiles: Vec::new() };
        for entry in entries {
            let entry = entry.as_ref();
            bundle::push(&mut grown.edge.bundle, entry)?;
            grown.edge.size += 1;
            grown.push(0, leaf_hash(entry));
        }
        let edge = &grown.edge;
        let new = |it: &TileId| TileId::of(it.content, it.index, self.size) != Some(*it);
        for tile in Self::tiles_at(edge.size).filter(new) {
            let bytes = match tile.content {
                Content::Entries => edge.bundle.clone(),
                Content::Hashes(level) => edge.levels[usize::from(level)].as_flattened().to_vec(),
            };
            grown.tiles.push((tile, bytes));
        }
        Ok(grown)
    }
}

impl Grown {
    /// Adds a hash to a level; a tile that is full becomes a hash of the one above.
    fn push(&mut self, level: u8, hash: Hash) {
        let at = usize::from(level);
        let edge = &mut self.edge;
        if edge.levels.len() == at {
            edge.levels.push(Vec::new());
        }
        edge.levels[at].push(hash);
        if (edge.levels[at].len() as u64) < WIDTH {
            return;
        }
        let hashes = std::mem::take(&mut edge.levels[at]);
        let index = (edge.size >> (8 * u32::from(level) + 8)) - 1;
        if level == 0 {
            let bundle = std::mem::take(&mut edge.bundle);
            self.tiles.push((full(Content::Entries, index), bundle));
        }
        self.tiles.push((full(Content::Hashes(level), index), hashes.as_flattened().to_vec()));
        self.push(level + 1, tree_hash(&hashes));
    }
}

fn full(content: Content, index: u64) -> TileId {
    TileId { content, index, width: WIDTH as u16 }
}
