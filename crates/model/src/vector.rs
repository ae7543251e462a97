//! Vector instructions of the machine at hand, without giving up reproducibility.

/// Runs `kernel` compiled for the widest vectors that the processor has. The operations and their order are the same
/// on every machine (multiply-adds are written as such and rounded once everywhere), and so are the results. The
/// kernel and what it calls must be `#[inline(always)]`.
#[inline(always)]
pub(crate) fn vectorised<R>(kernel: impl FnOnce() -> R) -> R {
    struct Kernel<F>(F);
    impl<R, F: FnOnce() -> R> pulp::NullaryFnOnce for Kernel<F> {
        type Output = R;
        #[inline(always)]
        fn call(self) -> R {
            (self.0)()
        }
    }
    pulp::Arch::new().dispatch(Kernel(kernel))
}
