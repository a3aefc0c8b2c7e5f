use lab_base::Error;

use crate::data::Dataset;
use crate::nn::kernels::{RandomStream, Threads};
use crate::nn::layers::UpdatePart;
use crate::nn::loss::CrossEntropy;
use crate::nn::model::{Samples, Sequential, Tape};
use crate::nn::optim::Optimizer;
use crate::nn::optim::clip::clip_norm;
use crate::nn::train::plan::Plan;
use crate::nn::train::settings::{Callback, Fit};

/// Everything that the inner loop needs, made before it starts.
pub(crate) struct Trainer<'a, S> {
    pub model: &'a mut Sequential,
    pub train: &'a S,
    pub validation: Option<&'a Dataset>,
    pub plan: Plan,
    pub quiet: bool,
    pub callback: Option<&'a Callback>,
    pub optimizer: Optimizer,
    pub loss: CrossEntropy,
    pub threads: &'a Threads,
    tape: Tape,
    /// `[batch, inputs]`: images before they are augmented; empty where they are not.
    originals: Vec<f32>,
    /// Those of the batch.
    labels: Vec<usize>,
}

impl<'a, S: Samples> Trainer<'a, S> {
    /// # Errors
    /// When the network was not compiled, does not fit the data, or can't be augmented as the plan says. Nothing of it
    /// is changed then.
    pub fn new(
        model: &'a mut Sequential,
        train: &'a S,
        validation: Option<&'a Dataset>,
        fit: &'a Fit,
        threads: &'a Threads,
    ) -> Result<Trainer<'a, S>, Error> {
        let (optimizer, loss) = model.checked_compilation()?;
        let (plan, quiet) = (fit.plan.clone(), fit.quiet);
        model.check_fits(train, "training")?;
        model.check_learns()?;
        train.classes().map_or(Ok(()), |classes| plan.check_class_weights(classes))?;
        if let Some(validation) = validation {
            model.check_fits(validation, "validating")?;
        }
        if let Some(augment) = &plan.augment {
            augment.check(&model.input_shape)?;
        }
        // One more than the plan says, where a lone image joins another batch.
        let batch = plan.batch_size.saturating_add(1).min(train.len());
        let moments = optimizer.settings().moments();
        let kept = moments + usize::from(plan.average.is_some());
        model.check_batch(plan.batch_size.min(train.len()))?;
        model.check_memory(batch, kept)?;
        if moments > 0 && model.trained_parameters().any(|parameter| parameter.moments[0].is_empty()) {
            // Running means of the past are corrected for steps that these weights have not made.
            model.forget_steps();
        }
        model.parameters_mut().for_each(|p| {
            p.prepare(if p.is_trained() { moments } else { 0 });
            p.average.clear();
        });
        let tape = Tape::for_training(model, batch);
        let originals = vec![0.0; plan.augment.map_or(0, |_| batch) * train.features()];
        let labels = Vec::with_capacity(batch);
        Ok(Trainer {
            model,
            train,
            validation,
            plan,
            quiet,
            callback: fit.callback.as_ref(),
            optimizer,
            loss,
            threads,
            tape,
            originals,
            labels,
        })
    }

    /// An epoch's images, `order`, in batches of the plan's size; the last may be smaller. Where batch normalization
    /// can learn nothing from a lone image, that one joins the batch before it.
    pub fn batches<'b>(&self, order: &'b [usize]) -> Vec<&'b [usize]> {
        let size = self.plan.batch_size;
        let joins = self.model.needs_several_images() && order.len() > size && order.len() % size == 1;
        let mut batches: Vec<&[usize]> = order.chunks(size).collect();
        if joins {
            let last = batches.len() - 2;
            batches.truncate(last);
            batches.push(&order[last * size..]);
        }
        batches
    }

    /// One update: forward, loss, backward, weights. Returns the sum of the losses and the number of correct predictions.
    pub fn step(&mut self, rows: &[usize], learning_rate: f32, rng: RandomStream) -> (f64, usize) {
        self.threads.crowd().step();
        let Trainer { model, train, plan, optimizer, loss, tape, originals, labels, threads, .. } = self;
        let n = rows.len();
        labels.clear();
        labels.extend(rows.iter().map(|&row| train.label(row)));
        match &plan.augment {
            None => fill(*train, rows, tape.input(n), threads),
            Some(augment) => {
                let images = &mut originals[..n * train.features()];
                fill(*train, rows, images, threads);
                let place = (model.input_shape[1], train.black());
                augment.apply(n, images, tape.input(n), place, rng.substream(AUGMENT), threads);
            }
        }
        tape.forward_training(&mut model.layers, n, rng, threads);
        model.steps += 1;
        let step = model.steps;
        let update = optimizer.update(step, learning_rate);
        // Where gradients are clipped, all of them are wanted before any weight changes.
        let at_once: Option<&UpdatePart> = plan.clip_norm.is_none().then_some(&update);
        let class_weight = plan.class_weight.as_deref();
        let result = tape.backward(&mut model.layers, *loss, labels, class_weight, at_once, threads);
        if let Some(most) = plan.clip_norm {
            clip_norm(model.trained_parameters_mut(), most);
        }
        optimizer.step(step, learning_rate, model.trained_parameters_mut(), threads);
        if let Some(memory) = plan.average {
            model.parameters_mut().for_each(|parameter| parameter.average(memory));
        }
        result
    }
}

/// The images at `rows`, a share of them on each thread.
fn fill(data: &impl Samples, rows: &[usize], batch: &mut [f32], threads: &Threads) {
    let share = threads.share(rows.len(), LEAST_IMAGES);
    let parts = rows.chunks(share).zip(batch.chunks_mut(share * data.features().max(1)));
    threads.for_each(parts, |(rows, batch)| data.fill(rows, batch));
}

/// The fewest images for which another thread pays off.
const LEAST_IMAGES: usize = 8;

/// The substream of a step that augmentation draws from; those of the layers begin at 0.
const AUGMENT: u64 = u64::MAX - 1;
