/// The questions, in the order in which the notebooks ask them; question 1 is `QUESTIONS[0]`.
pub const QUESTIONS: [&str; 6] = [
    "What is the Fashion-MNIST dataset?",
    "Why do we normalize image pixel values before training?",
    "List the layers used in the neural network and their functions.",
    "What does an epoch mean in model training?",
    "Compare the predicted label and the actual label for the first test image.",
    "What could be done to improve the model's accuracy?",
];
