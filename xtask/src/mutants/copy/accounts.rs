//! Accounts that load as others where a guard is out. Stands in the copy of the program only; see `switch`.

use anchor_lang::prelude::*;
use anchor_lang::{
    AccountClose, AnchorAccount, CpiHandle, CpiHandleMut, IdlAccountType, ToCpiHandle, ToCpiHandleMut,
};
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use hurdle_interface::mutant::out;

type View = <UncheckedAccount as AnchorAccount>::Data;

pub struct ReadWhereOut<T, const N: u32>(T);

impl<T: AnchorAccount, const N: u32> ReadWhereOut<T, N> {
    pub fn address(&self) -> &Address {
        self.0.account().address()
    }
}

impl<T: AnchorAccount, const N: u32> AnchorAccount for ReadWhereOut<T, N> {
    type Data = T::Data;
    const IS_SIGNER: bool = T::IS_SIGNER;
    const MIN_DATA_LEN: usize = T::MIN_DATA_LEN;
    const RELAX_READONLY_CPI_BORROW_FROM_MUT: bool = T::RELAX_READONLY_CPI_BORROW_FROM_MUT;

    fn load(view: View) -> Result<Self> {
        T::load(view).map(Self)
    }

    unsafe fn load_mut(view: View) -> Result<Self> {
        if out(N) {
            T::load(view)
        } else {
            unsafe { T::load_mut(view) }
        }
        .map(Self)
    }

    fn account(&self) -> &View {
        self.0.account()
    }

    fn exit(&mut self) -> Result<()> {
        self.0.exit()
    }
}

impl<T: AnchorAccount, const N: u32> Deref for ReadWhereOut<T, N> {
    type Target = T::Data;
    fn deref(&self) -> &T::Data {
        &self.0
    }
}

impl<T: AnchorAccount + DerefMut, const N: u32> DerefMut for ReadWhereOut<T, N> {
    fn deref_mut(&mut self) -> &mut T::Data {
        &mut self.0
    }
}

impl<T: AnchorAccount + AccountClose, const N: u32> AccountClose for ReadWhereOut<T, N> {
    fn close(&mut self, destination: View) -> Result<()> {
        self.0.close(destination)
    }
}

pub struct UncheckedWhereOut<T, const N: u32> {
    view: View,
    checked: PhantomData<T>,
}

impl<T, const N: u32> UncheckedWhereOut<T, N> {
    pub fn address(&self) -> &Address {
        self.view.address()
    }
}

impl<T: AnchorAccount<Data = View>, const N: u32> AnchorAccount for UncheckedWhereOut<T, N> {
    type Data = View;
    const IS_SIGNER: bool = T::IS_SIGNER;

    fn load(view: View) -> Result<Self> {
        if !out(N) {
            T::load(view)?;
        }
        Ok(Self {
            view,
            checked: PhantomData,
        })
    }

    unsafe fn load_mut(view: View) -> Result<Self> {
        if out(N) {
            unsafe { UncheckedAccount::load_mut(view)? };
        } else {
            unsafe { T::load_mut(view)? };
        }
        Ok(Self {
            view,
            checked: PhantomData,
        })
    }

    fn account(&self) -> &View {
        &self.view
    }
}

impl<T, const N: u32> Deref for UncheckedWhereOut<T, N> {
    type Target = View;
    fn deref(&self) -> &View {
        &self.view
    }
}

macro_rules! handles {
    ($name:ident: $($bound:tt)*) => {
        impl<T: $($bound)*, const N: u32> ToCpiHandle for $name<T, N> {
            fn to_cpi_handle(&self) -> CpiHandle<'_> {
                AnchorAccount::cpi_handle(self)
            }
        }

        impl<T: $($bound)*, const N: u32> ToCpiHandleMut for $name<T, N> {
            fn try_to_cpi_handle_mut(&mut self) -> Result<CpiHandleMut<'_>> {
                AnchorAccount::try_cpi_handle_mut(self)
            }
        }

        impl<T: IdlAccountType, const N: u32> IdlAccountType for $name<T, N> {}
    };
}

handles!(ReadWhereOut: AnchorAccount);
handles!(UncheckedWhereOut: AnchorAccount<Data = View>);
