use crate::nn::kernels::simd::{LANES, Simd, SimdKernel, vectorized};

/// `[rows, columns] -> [columns, rows]`. For an image, from pixel by pixel to channel by channel, or back.
pub(crate) fn transpose(from: &[f32], columns: usize, to: &mut [f32]) {
    assert_eq!(from.len(), to.len(), "numbers on both sides");
    let rows = from.len() / columns;
    if rows == 1 || columns == 1 {
        return to.copy_from_slice(from);
    }
    transpose_part((from, columns), [rows, columns], (to, rows));
}

/// Each of the `rows` rows of `from` is a matrix of `columns` columns, whose transpose is written to the row of `to`.
pub(crate) fn each_row_transposed(rows: usize, from: &[f32], columns: usize, to: &mut [f32]) {
    let length = from.len() / rows;
    for (from, to) in from.chunks_exact(length).zip(to.chunks_exact_mut(length)) {
        transpose(from, columns, to);
    }
}

/// The same for a part of a matrix, `[rows, columns]`: beside each slice stands how far two of its rows lie apart.
pub(crate) fn transpose_part(from: (&[f32], usize), shape: [usize; 2], to: (&mut [f32], usize)) {
    vectorized(Transpose { from, shape, to });
}

struct Transpose<'a> {
    from: (&'a [f32], usize),
    shape: [usize; 2],
    to: (&'a mut [f32], usize),
}

impl SimdKernel for Transpose<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Transpose { from: (from, from_step), shape: [rows, columns], to: (to, to_step) } = self;
        let (whole_rows, whole_columns) = (rows - rows % LANES, columns - columns % LANES);
        for i in (0..whole_rows).step_by(LANES) {
            for j in (0..whole_columns).step_by(LANES) {
                simd.turn((&from[i * from_step + j..], from_step), (&mut to[j * to_step + i..], to_step));
            }
        }
        for i in 0..rows {
            let done = if i < whole_rows { whole_columns } else { 0 };
            for j in done..columns {
                to[j * to_step + i] = from[i * from_step + j];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_columns_and_back() {
        for [rows, columns] in [[2, 3], [1, 4], [8, 8], [9, 17], [16, 7], [24, 40]] {
            let numbers: Vec<f32> = (0..rows * columns).map(|i| i as f32).collect();
            let (mut there, mut back) = (vec![0.0; numbers.len()], vec![0.0; numbers.len()]);
            transpose(&numbers, columns, &mut there);
            for (i, number) in numbers.iter().enumerate() {
                assert_eq!(there[i % columns * rows + i / columns], *number, "{rows} x {columns}");
            }
            transpose(&there, rows, &mut back);
            assert_eq!(back, numbers);
        }
    }

    #[test]
    fn of_a_part_nothing_else_is_touched() {
        let from: Vec<f32> = (0..12 * 30).map(|i| i as f32).collect();
        let mut to = vec![-1.0; 20 * 16];
        transpose_part((&from[3..], 30), [12, 20], (&mut to, 16));
        for (place, number) in to.iter().enumerate() {
            let (column, row) = (place / 16, place % 16);
            let expected = if row < 12 { from[row * 30 + column + 3] } else { -1.0 };
            assert_eq!(*number, expected, "{row}, {column}");
        }
    }
}
