/// One way to compute a convolution, on a few images that lie one after the other, each pixel by pixel, its channels side
/// by side.
pub(crate) trait ConvolutionAlgorithm: Send + Sync {
    /// How many images to compute at once, at most.
    fn images(&self) -> usize;

    /// Length of the packed weights: all filters in the order in which this algorithm reads them.
    fn packed_len(&self) -> usize;

    /// Length of the scratch buffer that the other methods take: 0 at first, later as they have left it.
    fn scratch_len(&self) -> usize;

    /// PyTorch's `[filters, channels, size, size]` in the order of the forward pass.
    fn pack(&self, weight: &[f32], packed: &mut [f32], scratch: &mut [f32]);

    /// Packed weights in the order of the backward pass.
    fn pack_backward(&self, packed: &[f32], back: &mut [f32]);

    /// The gradient of packed weights as the gradient of PyTorch's.
    fn unpack_gradient(&self, packed: &[f32], gradient: &mut [f32], scratch: &mut [f32]);

    /// Every sum of the images, plus the bias.
    fn forward(&self, images: &[f32], packed: &[f32], bias: &[f32], sums: &mut [f32], scratch: &mut [f32]);

    /// The gradients of the packed weights, for all of the images, and of each image, where that is asked for.
    fn backward(&self, images: &[f32], d_sums: &[f32], back: &[f32], to: Gradients, scratch: &mut [f32]);
}

/// The gradients that a convolution's backward pass computes.
pub(crate) struct Gradients<'a> {
    pub packed: &'a mut [f32],
    /// Whether that of the packed weights is added to what is there.
    pub adds: bool,
    pub d_images: Option<&'a mut [f32]>,
}
