//! What a network says about images, beside what they are.

use lab_base::Error;

use crate::data::Dataset;
use crate::eval::{Mistake, Predictions};
use crate::notebook::display::thousands;
use crate::plot::figure::{Figure, Frame};
use crate::plot::picture::pick;
use crate::plot::predicted_image::{PredictedImage, are_short};
use crate::plot::style::{Area, Drawn, MARGIN, px};

/// How to read image and bars.
const KEY: &str = "underneath: predicted class, its probability (actual class); blue: the actual class, red: a wrong prediction";

impl Predictions {
    /// Image `i` with "Ankle boot 97% (Ankle boot)" underneath, blue when right and red when wrong, beside its
    /// ten probabilities (actual class blue, a wrong prediction red).
    ///
    /// # Errors
    /// When there is no image `i`, `data` is not the set that was predicted, or the outputs aren't
    /// probabilities.
    pub fn show(&self, i: usize, data: &Dataset) -> Result<Figure, Error> {
        let answer = self.answer(i, data)?;
        let frame = Frame {
            title: &format!("What the network says about image {i}"),
            note: KEY,
            size: (860, 318),
            source: data.images().source,
            alt: format!("{}.", answer.described()),
        };
        Figure::draw(frame, |area| {
            answer.draw_image(area, (px(MARGIN), px(4)), px(280))?;
            answer.draw_caption(area, (px(MARGIN + 140), px(300)), 16, px(300))?;
            answer.draw_named_bars(area, (px(420), px(4)), px(28), px(250))
        })
    }

    /// The first `rows` x `cols` images, each beside its ten probabilities: 5 x 3 as in the lab.
    ///
    /// # Errors
    /// When `rows` is not from 1 to 20, `cols` not from 1 to 3, there are fewer images, `data` is not the set
    /// that was predicted, or the outputs aren't probabilities.
    pub fn gallery(&self, rows: usize, cols: usize, data: &Dataset) -> Result<Figure, Error> {
        if !(1..=20).contains(&rows) || !(1..=COLUMNS).contains(&cols) {
            return Err(Error::doing("showing a gallery of predictions")
                .expected(format!("1 to 20 rows and 1 to {COLUMNS} columns"))
                .found(format!("{rows} rows and {cols} columns"))
                .advice("try gallery(5, 3, &test)"));
        }
        let answers = self.answers(0..rows * cols, data)?;
        let right = answers.iter().filter(|answer| answer.predicted == answer.actual).count();
        let wrong = answers.len() - right;
        let title = format!("The first predictions: {right} right (blue), {wrong} wrong (red)");
        draw_gallery(&answers, cols, &title, data)
    }

    /// The `n` most confident mistakes, the worst first; fewer where the network made fewer.
    ///
    /// # Errors
    /// When `n` is not from 1 to 60, there is no mistake, `data` is not the set that was predicted, or the
    /// outputs aren't probabilities.
    pub fn worst(&self, n: usize, data: &Dataset) -> Result<Figure, Error> {
        let mistakes = self.mistakes(data)?;
        let all = thousands(mistakes.len());
        let title =
            |shown| format!("The most confident mistakes: {shown} of {all} (red: predicted, blue: actual)");
        self.gallery_of_mistakes(&mistakes, n, title, data)
    }

    /// The first `n` of `mistakes`; `title` is told how many these are.
    pub(crate) fn gallery_of_mistakes(
        &self,
        mistakes: &[Mistake],
        n: usize,
        title: impl Fn(usize) -> String,
        data: &Dataset,
    ) -> Result<Figure, Error> {
        let doing = "showing the worst mistakes";
        if !(1..=20 * COLUMNS).contains(&n) {
            let expected = format!("1 to {} of them", 20 * COLUMNS);
            return Err(Error::new(doing, expected, n, "try 12"));
        }
        let answers = self.answers(mistakes.iter().take(n).map(|mistake| mistake.index), data)?;
        if answers.is_empty() {
            return Err(Error::new(doing, "at least one mistake", "none", "look at more images"));
        }
        draw_gallery(&answers, COLUMNS.min(answers.len()), &title(answers.len()), data)
    }

    fn answers<'a>(
        &'a self,
        indexes: impl IntoIterator<Item = usize>,
        data: &'a Dataset,
    ) -> Result<Vec<PredictedImage<'a>>, Error> {
        indexes.into_iter().map(|i| self.answer(i, data)).collect()
    }

    fn answer<'a>(&'a self, i: usize, data: &'a Dataset) -> Result<PredictedImage<'a>, Error> {
        self.check(data)?;
        if !self.probabilities {
            return Err(Error::doing("showing a prediction")
                .expected("probabilities from 0 to 1")
                .found("logits, the outputs of a network without a softmax")
                .advice("predict with `model.with_softmax().predict(&test)?`"));
        }
        Ok(PredictedImage {
            index: i,
            image: pick(data.images(), i, "showing a prediction")?,
            probabilities: self.row(i),
            predicted: self.predicted(i),
            actual: usize::from(data.images().labels[i]),
            class_names: data.images().source.class_names(),
        })
    }
}

/// Pairs of image and bars side by side, at most.
const COLUMNS: usize = 3;
/// As many letters as a line under the title has room for.
const KEY_LETTERS: usize = 125;
/// Width and height of a pair, in pixels.
const PAIR: (i32, i32) = (252, 172);

fn draw_gallery(
    answers: &[PredictedImage],
    cols: usize,
    title: &str,
    data: &Dataset,
) -> Result<Figure, Error> {
    let rows = answers.len().div_ceil(cols) as i32;
    let class_names = data.images().source.class_names();
    let key: Vec<String> = class_names.iter().enumerate().map(|(i, name)| format!("{i} {name}")).collect();
    let mut key = key.join("   ");
    if are_short(class_names) {
        key = "a bar for each class".into();
    } else if key.chars().count() > KEY_LETTERS {
        key = format!("the bars stand for the labels 0 to {}", class_names.len() - 1);
    }
    let described: Vec<String> = answers.iter().map(PredictedImage::described).collect();
    let frame = Frame {
        title,
        note: &key,
        size: (2 * MARGIN + PAIR.0 * COLUMNS as i32, PAIR.1 * rows),
        source: data.images().source,
        alt: format!("{title}. {}.", described.join("; ")),
    };
    Figure::draw(frame, |area| {
        for (i, answer) in answers.iter().enumerate() {
            let (row, col) = ((i / cols) as i32, (i % cols) as i32);
            draw_pair(area, answer, (px(MARGIN + col * PAIR.0), px(row * PAIR.1 + 8)))?;
        }
        Ok(())
    })
}

fn draw_pair(area: &Area, answer: &PredictedImage, (x, y): (i32, i32)) -> Drawn {
    answer.draw_image(area, (x, y), px(112))?;
    answer.draw_numbered_bars(area, (x + px(120), y), px(120), px(112))?;
    answer.draw_caption(area, (x + px(120), y + px(138)), 14, px(PAIR.0 - 4))
}
