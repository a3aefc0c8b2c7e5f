use ndarray::{ArrayView2, ArrayViewMut2};

/// Numbers that training changes, such as a layer's weights, with their gradient and what the optimizer
/// remembers of earlier gradients.
#[derive(Clone)]
pub struct Parameter {
    /// `weight`, `bias`, `running_mean` ..., as PyTorch calls it.
    pub(crate) name: &'static str,
    /// As PyTorch stores it: a dense layer's weight is `[outputs, inputs]`.
    pub(crate) shape: Vec<usize>,
    /// In row-major order.
    pub(crate) value: Vec<f32>,
    /// Gradient of the loss with respect to each number; empty until training starts.
    pub(crate) gradient: Vec<f32>,
    /// The optimizer's running means; empty until training starts.
    pub(crate) moments: [Vec<f32>; 2],
    pub(crate) role: Role,
}

/// What changes a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The optimizer, by its gradient.
    Trained,
    /// Nothing: its layer is frozen.
    Frozen,
    /// Its own layer, which measures it: a running mean or variance.
    Measured,
    /// Its own layer, which counts batches. PyTorch keeps it as a 64-bit integer, and no table of a network's
    /// numbers lists it.
    Counted,
}

impl Parameter {
    pub(crate) fn new(name: &'static str, shape: Vec<usize>, value: Vec<f32>) -> Parameter {
        assert_eq!(shape.iter().product::<usize>(), value.len(), "numbers in a parameter of shape {shape:?}");
        let moments = [Vec::new(), Vec::new()];
        Parameter { name, shape, value, gradient: Vec::new(), moments, role: Role::Trained }
    }

    pub(crate) fn with_role(self, role: Role) -> Parameter {
        Parameter { role, ..self }
    }

    pub(crate) fn is_trained(&self) -> bool {
        self.role == Role::Trained
    }

    /// Its numbers, as tables count them.
    pub(crate) fn count(&self) -> usize {
        if self.role == Role::Counted { 0 } else { self.value.len() }
    }

    /// Allocates a gradient and for `moments` running means, keeping those that are there.
    pub(crate) fn prepare(&mut self, moments: usize) {
        let n = self.value.len();
        self.gradient.resize(n, 0.0);
        self.moments.iter_mut().take(moments).for_each(|m| m.resize(n, 0.0));
    }

    /// Forgets what the optimizer remembers.
    pub(crate) fn forget(&mut self) {
        self.gradient = Vec::new();
        self.moments = [Vec::new(), Vec::new()];
    }

    /// The values as `[first dimension, all others]`.
    pub(crate) fn matrix(&self) -> ArrayView2<'_, f32> {
        ArrayView2::from_shape(self.rows_and_columns(), &self.value).expect("the shape was checked")
    }

    pub(crate) fn gradient_matrix(&mut self) -> ArrayViewMut2<'_, f32> {
        let shape = self.rows_and_columns();
        ArrayViewMut2::from_shape(shape, &mut self.gradient).expect("`prepare` allocated it")
    }

    pub(crate) fn rows_and_columns(&self) -> (usize, usize) {
        (self.shape[0], self.shape[1..].iter().product())
    }
}
