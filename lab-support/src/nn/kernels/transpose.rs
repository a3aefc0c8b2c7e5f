/// `[rows, columns] -> [columns, rows]`. For an image, from pixel by pixel to channel by channel, or back.
pub(crate) fn transpose(from: &[f32], columns: usize, to: &mut [f32]) {
    assert_eq!(from.len(), to.len(), "numbers on both sides");
    let rows = from.len() / columns;
    if rows == 1 || columns == 1 {
        return to.copy_from_slice(from);
    }
    for (i, row) in from.chunks_exact(columns).enumerate() {
        for (j, &number) in row.iter().enumerate() {
            to[j * rows + i] = number;
        }
    }
}

/// Each of the `rows` rows of `from` is a matrix of `columns` columns, whose transpose is written to the row of `to`.
pub(crate) fn each_row_transposed(rows: usize, from: &[f32], columns: usize, to: &mut [f32]) {
    let length = from.len() / rows;
    for (from, to) in from.chunks_exact(length).zip(to.chunks_exact_mut(length)) {
        transpose(from, columns, to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_columns_and_back() {
        let (mut there, mut back) = ([0.0; 6], [0.0; 6]);
        transpose(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], 3, &mut there);
        assert_eq!(there, [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
        transpose(&there, 2, &mut back);
        assert_eq!(back, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    }
}
