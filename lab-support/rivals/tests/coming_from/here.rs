//! What stands on the right of every table: all of it is compiled and run, one line after the other.

use std::error::Error;

use lab_support::nn::Activations;
use lab_support::prelude::*;
use linfa::metrics::ToConfusionMatrix;
use linfa::traits::FitWith;

pub fn run() -> Result<(), Box<dyn Error>> {
    // [load]
    let data = FashionMnist::load()?;

    // [shape]
    let (n, height, width) = data.train.shape();

    assert_eq!((n, height, width), (60_000, 28, 28));
    // [normalize]
    let train = data.train.normalized();

    // [test]
    let test = data.test.normalized();

    // [standardize]
    let standardized = data.train.standardized(0.286, 0.353)?;

    assert_eq!(standardized.len(), 60_000);
    // Enough to see that it works.
    let (train, test) = (train.take(600), test.take(100));
    // [split]
    let (learn, validation) = train.split_fraction(0.1)?;

    assert_eq!((learn.len(), validation.len()), (540, 60));
    // [rows]
    let rows = train.rows();
    let labels = train.labels();

    assert_eq!((rows.dim(), labels.len()), ((600, 784), 600));
    // [describe]
    let model = Sequential::new([28, 28]).flatten().dense(128, Relu).dense(10, Linear);

    // [seed]
    let mut model = model.seed(42);

    // [logistic regression]
    let mut regression = Sequential::new([28, 28]).flatten().dense(10, Linear).seed(42);
    regression.compile(Adam::default(), CrossEntropy::from_logits());

    // [neurons]
    let layer = Neurons::default().init(Init::HeUniform).use_bias(false);
    let network = Sequential::new([784]).dense_with(128, Relu, layer);

    assert_eq!((regression.params(), network.params()), (7_850, 100_352));
    // [convolution]
    let layer = Conv::default().stride(2).padding(Padding::Same);
    let network = Sequential::new([28, 28]).conv2d_with(16, 3, Relu, layer).max_pool2d(2);

    assert_eq!(network.output_shape(), [16, 7, 7]);
    // [residual]
    let network = Sequential::new([128]).residual(|block| block.dense(128, Relu));

    // [regularize]
    let network = network.batch_norm().dropout(0.3);

    assert_eq!(network.output_shape(), [128]);
    // [summary]
    model.summary();

    // [compile]
    model.compile(Adam::default(), CrossEntropy::from_logits());

    // [sgd]
    let optimizer = Sgd::new(0.01).momentum(0.9);

    // [adamw]
    let optimizer_with_decay = AdamW::new(0.001).weight_decay(0.01);

    let mut other = regression.clone();
    other.compile(optimizer, CrossEntropy::from_logits());
    other.fit(&train, Fit::epochs(1).quiet())?;
    other.compile(optimizer_with_decay, CrossEntropy::from_logits());
    other.fit(&train, Fit::epochs(1).quiet())?;
    // [fit]
    let history = model.fit(&train, Fit::epochs(10).batch_size(32))?;

    assert_eq!(history.epochs.len(), 10);
    // [validate]
    let plan = Fit::epochs(2).validation_split(0.1);

    other.fit(&train, plan)?;
    // [stop early]
    let plan = Fit::epochs(20).validation(&validation).early_stopping(5);

    other.fit(&learn, plan)?;
    // [schedule]
    let plan = Fit::epochs(2).schedule(Schedule::cosine());

    other.fit(&train, plan)?;
    // [augment]
    let plan = Fit::epochs(2).augment(Augment::new().shift(2).flip());

    other.fit(&train, plan)?;
    // [clip]
    let plan = Fit::epochs(2).clip_norm(1.0);

    other.fit(&train, plan)?;
    // [class weight]
    let plan = Fit::epochs(2).class_weight([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0]);

    other.fit(&train, plan)?;
    // [average]
    let plan = Fit::epochs(2).average_weights(0.99);

    other.fit(&train, plan)?;
    // [callback]
    let plan = Fit::epochs(2).on_epoch(|epoch, _| println!("{}", epoch.train.loss));

    other.fit(&train, plan)?;
    // [history]
    let losses: Vec<f32> = history.epochs.iter().map(|epoch| epoch.train.loss).collect();

    assert!(losses[9] < losses[0]);
    // [csv]
    let csv = history.to_csv();

    assert_eq!(csv.lines().count(), 11);
    // [evaluate]
    let score = model.evaluate(&test)?;

    // [arrays]
    let of_arrays = model.evaluate((&rows, &labels))?;

    assert_eq!((score.samples, of_arrays.samples), (100, 600));
    // [logits]
    let logits = model.outputs(&test)?;

    assert_eq!(logits.dim(), (100, 10));
    // [probabilities]
    let predictions = model.with_softmax().predict(&test)?;

    // [class]
    let class = predictions.predicted(0);

    assert!(class < 10);
    // [top k]
    let share = predictions.top_k(2, &test)?;

    assert!((0.0..=1.0).contains(&share));
    // [confusion]
    let confusion = predictions.confusion(&test)?;

    // [report]
    let report = predictions.confusion(&test)?.table();

    assert_eq!(confusion.counts.sum(), 100);
    assert!(!report.to_string().is_empty());
    // [ensemble]
    let voted = Ensemble::predict(&[model.with_softmax(), other.with_softmax()], &test)?;

    assert!(!voted.to_string().is_empty());
    // [layer]
    let Activations { values, .. } = model.activations("dense", &test)?;

    assert_eq!(values.dim(), (100, 128));
    // [weights]
    let weights = model.weights();
    model.set_weights(&weights)?;

    // [freeze]
    model.freeze_layer("dense")?;

    assert_eq!(model.trainable_params(), 1_290);
    // [json]
    let text = model.to_json();
    let same = Sequential::from_json(&text)?;

    assert_eq!(same.architecture(), "784-128-10");
    // [save]
    model.save("clothes.safetensors")?;
    let model = Sequential::load("clothes.safetensors")?;

    assert_eq!(model.outputs(&test)?, logits);
    // [linfa rows]
    let mut set = train.to_linfa();

    // [linfa fit]
    let fitted = linfa::traits::Fit::fit(&regression, &set)?;

    // [linfa fit further]
    let fitted = Fit::epochs(2).quiet().fit_with(fitted, &set)?;

    // [linfa class]
    let called: Array1<usize> = linfa::traits::Predict::predict(&fitted, &set);

    // [linfa confusion]
    let counted = called.confusion_matrix(&set)?;

    // [linfa evaluate]
    let score = fitted.evaluate(&set)?;

    assert_eq!(counted.accuracy(), score.accuracy);
    // [linfa cross-validate]
    let networks = [regression, other];
    let accuracy: Array1<f32> =
        set.cross_validate_single(3, &networks, |called, is| Ok(called.confusion_matrix(is)?.accuracy()))?;

    assert_eq!(accuracy.len(), 2);
    Ok(())
}
