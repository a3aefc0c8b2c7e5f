//! How a cell shows what it made: the protocol with the notebook's kernel, outputs that change while a call goes
//! on, the stop button, and progress bars. Uses no other room.

pub(crate) mod display;
pub(crate) mod live;
pub(crate) mod progress;
pub(crate) mod waiting;

pub use waiting::Waiting;

/// A notebook shows these types as they print themselves, and so does `{:?}`: a beginner who prints a variable sees what it
/// is, and not the millions of numbers in it.
macro_rules! shows_as_text {
    ($($type:ident),*) => {
        $(impl $type {
            /// Shows it in a notebook, as it prints itself.
            pub fn evcxr_display(&self) {
                $crate::notebook::display::show_text(&self.to_string());
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                write!(f, "{self}")
            }
        })*
    };
}
pub(crate) use shows_as_text;
