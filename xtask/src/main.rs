//! Part of Hurdle.
fn main() {}
