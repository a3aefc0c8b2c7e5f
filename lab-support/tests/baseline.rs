//! The numbers that the lab promises: 784-128-10, Adam, 10 epochs in batches of 32.

use lab_support::prelude::*;

/// Test accuracy of the baseline, and what it predicts for the first test image.
fn baseline(data: FashionMnist) -> (f32, usize) {
    let (train, test) = (data.train.normalized(), data.test.normalized());
    let mut model = Sequential::new([28, 28]).flatten().dense(128, Relu).dense(10, Linear).seed(42);
    model.compile(Adam::default(), CrossEntropy::from_logits());
    model.fit(&train, Fit::epochs(10).quiet()).unwrap();
    let accuracy = model.evaluate(&test).unwrap().accuracy;
    (accuracy, model.with_softmax().predict(&test).unwrap().predicted(0))
}

/// Where the data are at hand; the reference is 87.56 %.
#[test]
fn on_fashion_mnist_between_87_5_and_89_percent() {
    if std::env::var_os("FASHION_MNIST_DIR").is_none() {
        println!("not tested: set FASHION_MNIST_DIR to a folder that holds Fashion-MNIST");
        return;
    }
    let (accuracy, first) = baseline(FashionMnist::load().unwrap());
    assert!((0.875..=0.89).contains(&accuracy), "{accuracy}");
    assert_eq!(CLASS_NAMES[first], "Ankle boot");
}

#[test]
fn on_the_practice_set_between_85_and_95_percent() {
    let (accuracy, first) = baseline(FashionMnist::practice().unwrap());
    assert!((0.85..=0.95).contains(&accuracy), "{accuracy}");
    assert_eq!(CLASS_NAMES[first], "Ankle boot");
}
