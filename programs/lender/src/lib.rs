//! Part of Hurdle; see the crate's manifest.
