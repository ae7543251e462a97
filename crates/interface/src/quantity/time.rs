/// A slot number of the cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(transparent)]
pub struct Slot(pub u64);

/// A time in seconds since 1970-01-01 UTC, as the cluster's clock tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "wincode", derive(wincode::SchemaRead, wincode::SchemaWrite))]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(transparent)]
pub struct UnixTime(pub i64);

impl UnixTime {
    /// Seconds from `earlier` to here, zero where it lies ahead.
    #[inline(always)]
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        if self.0 <= earlier.0 {
            return 0;
        }
        let elapsed = self.0.wrapping_sub(earlier.0);
        if elapsed < 0 { i64::MAX } else { elapsed }
    }
}
