//! linfa's classical algorithms on the lab's data.
//!
//! ```text
//! pca, tsne   a layer's numbers -> points in a plane, to look at
//! Rival       a classifier and its settings; choose() fits several and keeps the best on validation images
//! Standings   rivals and networks in one table, each tested once
//! ```
//!
//! Beside these, any algorithm of linfa's takes [`to_linfa`](lab_support::data::Dataset::to_linfa) of a data set, and a
//! network stands wherever linfa expects a model: it has linfa's `Fit`, `FitWith` and `Predict`, and is evaluated on a data
//! set of linfa's as on the lab's own.
//!
//! # A support vector machine
//!
//! Ten of linfa's, one for each class against all others, joined to one model whose answers are counted beside the network's:
//!
//! ```
//! use lab_support::prelude::*;
//! use linfa::composing::MultiClassModel;
//! use linfa::dataset::Pr;
//! use linfa::metrics::ToConfusionMatrix;
//! use linfa::traits::{Fit as _, Predict as _};
//! use linfa_svm::Svm;
//! # let pixel = |(i, row, column)| (i * 7919 + row * 131 + column * 17) % 61 + if row == i % 3 { 160 } else { 0 };
//! # let pixels = ndarray::ArcArray::from_shape_fn((90, 4, 4), |at| pixel(at) as u8);
//! # let labels = ndarray::ArcArray1::from_shape_fn(90, |i| (i % 3) as u8);
//! # let source = lab_support::data::Source::Practice;
//! # let images = lab_support::data::Images::new(pixels, labels, source)?.normalized();
//!
//! let (train, test) = images.split(60)?;
//! let (train, test) = (train.to_linfa(), test.to_linfa());
//! let params = Svm::<f32, Pr>::params().gaussian_kernel(10.0);
//! let svms = train.one_vs_all()?.into_iter().map(|(class, data)| (class, params.fit(&data).unwrap()));
//! let svm: MultiClassModel<Array2<f32>, usize> = svms.collect();
//! assert!(svm.predict(&test).confusion_matrix(&test)?.accuracy() > 0.9);
//!
//! let mut model = Sequential::new([4, 4]).flatten().dense(16, Relu).dense(3, Linear).seed(1);
//! model.compile(Adam::new(0.01), CrossEntropy::from_logits());
//! let model = linfa::traits::Fit::fit(&model, &train)?;
//! let called: Array1<usize> = linfa::traits::Predict::predict(&model, &test);
//! assert_eq!(called.confusion_matrix(&test)?.accuracy(), model.evaluate(&test)?.accuracy);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Principal components
//!
//! linfa finds them in double precision; a network learns from them as from pixels:
//!
//! ```
//! use lab_support::prelude::*;
//! use linfa::DatasetBase;
//! use linfa::traits::{Fit as _, Predict as _};
//! use linfa_reduction::Pca;
//! # let pixel = |(i, row, column)| (i * 7919 + row * 131 + column * 17) % 61 + if row == i % 3 { 160 } else { 0 };
//! # let pixels = ndarray::ArcArray::from_shape_fn((90, 4, 4), |at| pixel(at) as u8);
//! # let labels = ndarray::ArcArray1::from_shape_fn(90, |i| (i % 3) as u8);
//! # let source = lab_support::data::Source::Practice;
//! # let images = lab_support::data::Images::new(pixels, labels, source)?.normalized();
//!
//! let records = images.rows().mapv(f64::from);
//! let pca = Pca::params(2).fit(&DatasetBase::from(records.view()))?;
//! let points: Array2<f64> = pca.predict(&records);
//! let reduced = DatasetBase::new(points.mapv(|x| x as f32), Array1::from(images.labels()));
//! assert_eq!(reduced.records.dim(), (90, 2));
//!
//! let mut model = Sequential::new([2]).dense(16, Relu).dense(3, Linear).seed(1);
//! model.compile(Adam::new(0.05), CrossEntropy::from_logits());
//! let model = linfa::traits::Fit::fit(&model, &reduced)?;
//! assert!(model.evaluate(&reduced)?.accuracy > 0.9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It is a crate of its own because every crate that a notebook depends on costs it time when it starts.

mod choose;
mod classifier;
mod logistic;
mod naive_bayes;
mod neighbours;
mod pca;
mod projection;
mod rival;
mod standings;
mod trees;
mod tsne;

#[cfg(test)]
mod clouds;

pub use choose::{Chosen, choose};
pub use pca::pca;
pub use projection::Projection;
pub use rival::Rival;
pub use standings::Standings;
pub use tsne::tsne;
