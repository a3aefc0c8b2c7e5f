//! Micro-benchmarks: `cargo bench -p lab-support`, or one of them by its name, `cargo bench -p lab-support predict`.
//! How long whole epochs take, and how they compare, says `cargo lab bench`.

use divan::{Bencher, black_box};
use lab_support::data::{Images, Source};
use lab_support::prelude::*;
use ndarray::{ArcArray, ArcArray1};

fn main() {
    divan::main();
}

/// Images of all grey values, and labels in turn: what is timed here depends on their number alone.
fn images(n: usize) -> Images {
    let pixels = (0..n * 28 * 28).map(|i| (i * 31 % 256) as u8).collect();
    let pixels = ArcArray::from_shape_vec((n, 28, 28), pixels).expect("as many pixels as the shape says");
    let labels = ArcArray1::from_iter((0..n).map(|i| (i % 10) as u8));
    Images::new(pixels, labels, Source::FashionMnist).expect("a label for each image")
}

fn dense() -> Sequential {
    let mut model = Sequential::new([28, 28]).flatten().dense(128, Relu).dense(10, Linear).seed(42);
    model.compile(Adam::default(), CrossEntropy::from_logits());
    model
}

fn convolutional() -> Sequential {
    let layers =
        Sequential::new([28, 28]).conv2d(32, 3, Relu).max_pool2d(2).conv2d(64, 3, Relu).max_pool2d(2);
    let mut model = layers.flatten().dense(128, Relu).dense(10, Linear).seed(42);
    model.compile(Adam::default(), CrossEntropy::from_logits());
    model
}

/// Bytes to numbers: one batch of this size.
#[divan::bench(args = [1, 32, 1024])]
fn fill_a_batch(bencher: Bencher, batch: usize) {
    let data = images(4096).normalized();
    let rows: Vec<usize> = (0..batch).map(|i| i * 7 % data.len()).collect();
    let mut numbers = vec![0.0; batch * data.features()];
    bencher.bench_local(|| data.fill(&rows, black_box(&mut numbers)));
}

/// One hundred updates of the baseline, in batches of this size.
#[divan::bench(args = [1, 32, 256], sample_count = 20)]
fn hundred_steps(bencher: Bencher, batch: usize) {
    train(bencher, dense(), 100 * batch, batch);
}

/// Ten updates of the network with convolution.
#[divan::bench(sample_count = 20)]
fn ten_steps_of_convolution(bencher: Bencher) {
    train(bencher, convolutional(), 320, 32);
}

fn train(bencher: Bencher, mut model: Sequential, images_in_all: usize, batch: usize) {
    let data = images(images_in_all).normalized();
    let plan = Fit::epochs(1).batch_size(batch).quiet();
    bencher.bench_local(|| model.fit(&data, plan.clone()).expect("a network that fits its data"));
}

#[divan::bench(args = [1, 100, 10_000])]
fn predict(bencher: Bencher, n: usize) {
    let (data, model) = (images(n).normalized(), dense());
    bencher.bench_local(|| model.predict(&data).expect("a network that fits its data"));
}

#[divan::bench]
fn draw_25_images(bencher: Bencher) {
    let data = images(25).normalized();
    bencher.bench_local(|| data.grid(5, 5).expect("25 images"));
}
