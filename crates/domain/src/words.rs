//! Closed vocabularies: enums whose variants are words on the wire and small
//! numbers in stored bytes.

/// A word that is not in its vocabulary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    /// What the vocabulary names, as in "status".
    pub what: &'static str,
    /// What was given.
    pub given: String,
    /// Every word there is.
    pub allowed: &'static [&'static str],
}

impl std::fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let given: String = self.given.chars().take(40).collect();
        write!(f, "{given:?} is no {}; allowed: {}", self.what, self.allowed.join(", "))
    }
}

impl std::error::Error for UnknownWord {}

/// Defines an enum with its stored number and its word beside each variant.
/// Numbers are stored: never reuse or change one.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal; $($(#[$vdoc:meta])* $n:literal $variant:ident $word:literal,)+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
        #[cbor(index_only)]
        pub enum $name { $($(#[$vdoc])* #[doc = concat!("`", $word, "`")] #[n($n)] $variant,)+ }

        impl $name {
            /// Every value, in stored order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// Every word, in stored order.
            pub const WORDS: &'static [&'static str] = &[$($word,)+];

            /// The word on the wire.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::words::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::words::UnknownWord {
                        what: $what,
                        given: text.to_owned(),
                        allowed: Self::WORDS,
                    }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}
pub(crate) use words;
