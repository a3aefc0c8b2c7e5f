//! How plain values of Rust show themselves at the end of a cell: long ones in short, nothing as nothing.

use std::fmt::{Debug, Display};

use ndarray::{ArrayBase, Data, Dimension};

use crate::notebook::display::{show_result, thousands};

/// Longer lists are shown by their beginning and their end.
const WHOLE: usize = 24;
/// How much of either end.
const END: usize = 4;

/// What a cell calls for a value that it ends in. Types of the lab have a method of this name of their own.
pub trait Shown {
    /// Shows it in a notebook.
    fn evcxr_display(&self);
}

/// What a loop or a `println!` gives back.
impl Shown for () {
    fn evcxr_display(&self) {}
}

/// With a method for numbers at all, rustc asks for one for each kind: `let share = 0.88;` says nothing of its kind.
macro_rules! shown_as_they_are {
    ($($type:ty),*) => {
        $(impl Shown for $type {
            fn evcxr_display(&self) {
                show_result(&format!("{self:?}"));
            }
        })*
    };
}

shown_as_they_are!(f32, f64, u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, bool, char, str);

/// Of a vector, an array or a slice.
impl<T: Debug> Shown for [T] {
    fn evcxr_display(&self) {
        let ends = match self.len() {
            0..=WHOLE => [self, &[]],
            n => [&self[..END], &self[n - END..]],
        };
        let ends = ends.map(|end| end.iter().map(|value| format!("{value:?}")).collect());
        show_result(&list(ends, self.len()));
    }
}

/// Without the words on how it lies in memory.
impl<A: Display, S: Data<Elem = A>, D: Dimension> Shown for ArrayBase<S, D> {
    fn evcxr_display(&self) {
        show_result(&format!("{self}\n{}", shape(self.shape())));
    }
}

/// `[1, 2]`, or `[1, 2, 3, 4, ..., 97, 98, 99, 100]` and how many there are.
fn list([begin, end]: [Vec<String>; 2], count: usize) -> String {
    match end.is_empty() {
        true => format!("[{}]", begin.join(", ")),
        false => format!("[{}, ..., {}]\n{} in all", begin.join(", "), end.join(", "), thousands(count)),
    }
}

/// "shape (60,000, 28, 28)" would read like five numbers: "shape 60,000 x 28 x 28".
fn shape(sides: &[usize]) -> String {
    match sides {
        [] => "a single number".into(),
        [length] => format!("length {}", thousands(*length)),
        sides => {
            format!("shape {}", sides.iter().map(|side| thousands(*side)).collect::<Vec<_>>().join(" x "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_shown_by_its_ends() {
        let strings = |values: &[i32]| values.iter().map(i32::to_string).collect::<Vec<_>>();
        assert_eq!(list([strings(&[1, 2]), vec![]], 2), "[1, 2]");
        assert_eq!(list([strings(&[1, 2]), strings(&[8, 9])], 60_000), "[1, 2, ..., 8, 9]\n60,000 in all");
    }

    /// It compiles: of a number without a kind, too, as cells have them.
    #[test]
    fn plain_values_of_all_kinds_show_themselves() {
        let share = 0.88;
        (share + 0.01).evcxr_display();
        (1 + 2).evcxr_display();
        String::from("text").evcxr_display();
        [1, 2].evcxr_display();
        vec![Some(1)].evcxr_display();
        ().evcxr_display();
    }

    #[test]
    fn a_shape_is_told_in_words() {
        assert_eq!(shape(&[60_000, 28, 28]), "shape 60,000 x 28 x 28");
        assert_eq!((shape(&[10]), shape(&[])), ("length 10".into(), "a single number".into()));
    }
}
