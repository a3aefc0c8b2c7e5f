use crate::nn::kernels::simd::{LANES, Simd, SimdKernel, vectorized};

/// `[rows, columns] -> [columns, rows]`. For an image, from pixel by pixel to channel by channel, or back.
pub(crate) fn transpose(from: &[f32], columns: usize, to: &mut [f32]) {
    assert_eq!(from.len(), to.len(), "numbers on both sides");
    let rows = from.len() / columns;
    if rows == 1 || columns == 1 {
        return to.copy_from_slice(from);
    }
    transpose_part((from, Order::Plain(columns)), [rows, columns], (to, Order::Plain(rows)));
}

/// Each of the `rows` rows of `from` is a matrix of `columns` columns, whose transpose is written to the row of `to`.
pub(crate) fn each_row_transposed(rows: usize, from: &[f32], columns: usize, to: &mut [f32]) {
    let length = from.len() / rows;
    for (from, to) in from.chunks_exact(length).zip(to.chunks_exact_mut(length)) {
        transpose(from, columns, to);
    }
}

/// Where the rows of a matrix lie.
#[derive(Clone, Copy)]
pub(crate) enum Order {
    /// So many numbers apart.
    Plain(usize),
    /// So many numbers apart, those first that are the first of a group of so many: `[groups, group]` as
    /// `[group, groups]`.
    Regrouped(usize, usize),
}

impl Order {
    /// Where row `i` of `rows` begins.
    #[inline(always)]
    fn place(self, i: usize, rows: usize) -> usize {
        match self {
            Order::Plain(step) => i * step,
            Order::Regrouped(step, group) => (i % group * (rows / group) + i / group) * step,
        }
    }
}

/// `[rows, columns] -> [columns, rows]` for a part of a matrix, and where its rows lie in another order.
pub(crate) fn transpose_part(from: (&[f32], Order), shape: [usize; 2], to: (&mut [f32], Order)) {
    vectorized(Transpose { from, shape, to });
}

struct Transpose<'a> {
    from: (&'a [f32], Order),
    shape: [usize; 2],
    to: (&'a mut [f32], Order),
}

impl SimdKernel for Transpose<'_> {
    /// In blocks of eight rows and columns, then what is left over. A band of rows is read from left to right, so that
    /// the rows that are written get all its blocks at once.
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Transpose { from: (from, from_order), shape: [rows, columns], to: (to, to_order) } = self;
        let (whole_rows, whole_columns) = (rows - rows % LANES, columns - columns % LANES);
        for band in (0..whole_rows).step_by(BAND) {
            for j in (0..whole_columns).step_by(LANES) {
                let to_places = places(to_order, j, columns);
                for i in (band..whole_rows.min(band + BAND)).step_by(LANES) {
                    let mut columns = to_places;
                    columns.iter_mut().for_each(|place| *place += i);
                    simd.turn((&from[j..], places(from_order, i, rows)), (to, columns));
                }
            }
        }
        for i in 0..rows {
            let done = if i < whole_rows { whole_columns } else { 0 };
            for j in done..columns {
                to[to_order.place(j, columns) + i] = from[from_order.place(i, rows) + j];
            }
        }
    }
}

/// Rows in a band: so many lines stay in a core's first cache.
const BAND: usize = 64;

/// Where eight rows from row `i` of `rows` on begin.
#[inline(always)]
fn places(order: Order, i: usize, rows: usize) -> [usize; LANES] {
    let mut places = [0; LANES];
    for (row, place) in places.iter_mut().enumerate() {
        *place = order.place(i + row, rows);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::kernels::simd::Portable;

    #[test]
    fn rows_become_columns_and_back() {
        for [rows, columns] in [[2, 3], [1, 4], [8, 8], [9, 17], [16, 7], [24, 40]] {
            let numbers: Vec<f32> = (0..rows * columns).map(|i| i as f32).collect();
            let (mut there, mut back) = (vec![0.0; numbers.len()], vec![0.0; numbers.len()]);
            transpose(&numbers, columns, &mut there);
            for (i, number) in numbers.iter().enumerate() {
                assert_eq!(there[i % columns * rows + i / columns], *number, "{rows} x {columns}");
            }
            let (from, to) = ((&*there, Order::Plain(rows)), (&mut *back, Order::Plain(columns)));
            Transpose { from, shape: [columns, rows], to }.run(Portable);
            assert_eq!(back, numbers);
        }
    }

    #[test]
    fn of_a_part_nothing_else_is_touched() {
        let from: Vec<f32> = (0..12 * 30).map(|i| i as f32).collect();
        let mut to = vec![-1.0; 20 * 16];
        transpose_part((&from[3..], Order::Plain(30)), [12, 20], (&mut to, Order::Plain(16)));
        for (place, number) in to.iter().enumerate() {
            let (column, row) = (place / 16, place % 16);
            let expected = if row < 12 { from[row * 30 + column + 3] } else { -1.0 };
            assert_eq!(*number, expected, "{row}, {column}");
        }
    }

    /// As a filter's weights: `[filters, channels, places] -> [places, channels, filters]`, and back.
    #[test]
    fn rows_are_regrouped() {
        let [filters, channels, places] = [17, 5, 9];
        let numbers: Vec<f32> = (0..filters * channels * places).map(|i| i as f32).collect();
        let (mut there, mut back) = (vec![0.0; numbers.len()], vec![0.0; numbers.len()]);
        let (plain, regrouped) = (Order::Plain(channels * places), Order::Regrouped(filters, places));
        transpose_part((&numbers, plain), [filters, channels * places], (&mut there, regrouped));
        for (i, number) in numbers.iter().enumerate() {
            let (filter, channel, place) = (i / (channels * places), i / places % channels, i % places);
            assert_eq!(there[(place * channels + channel) * filters + filter], *number);
        }
        transpose_part((&there, regrouped), [channels * places, filters], (&mut back, plain));
        assert_eq!(back, numbers);
    }
}
