/// A number that an array is read as. Those in the file may be of another kind, as long as each of them is one of this: labels
/// of 64 bits are read as `u8`, and 64-bit floats as `f32`, which rounds them.
pub trait Number: Copy + 'static {
    /// As messages call it, `u8`.
    const NAME: &'static str;
    /// None where it is none.
    fn from_integer(number: i128) -> Option<Self>;
    /// None where it is none.
    fn from_float(number: f64) -> Option<Self>;
}

macro_rules! integers {
    ($($kind:ident),*) => {$(
        impl Number for $kind {
            const NAME: &'static str = stringify!($kind);

            fn from_integer(number: i128) -> Option<$kind> {
                number.try_into().ok()
            }

            fn from_float(number: f64) -> Option<$kind> {
                let whole = number as i128;
                if whole as f64 == number { whole.try_into().ok() } else { None }
            }
        }
    )*};
}

macro_rules! floats {
    ($($kind:ident),*) => {$(
        impl Number for $kind {
            const NAME: &'static str = stringify!($kind);

            fn from_integer(number: i128) -> Option<$kind> {
                Some(number as $kind)
            }

            fn from_float(number: f64) -> Option<$kind> {
                Some(number as $kind)
            }
        }
    )*};
}

integers!(u8, i8, u16, i16, u32, i32, u64, i64, usize);
floats!(f32, f64);
