// Package compare measures optimizers against each other on one task, so that
// each is at its best and none is favoured.
//
// What a comparison is, for every optimizer alike:
//
//   - The learning rate is chosen from a grid: the optimizer's own default and two
//     values either side of it, each √10 times the one before. A run for each
//     takes a quarter of the budget (rounded up to whole epochs), at seed 0. The best
//     of them is that with the best score on examples held out of the training data
//     (a tenth of them, the same for all); test data has no say. Where the best is at
//     an end of the grid, the grid is continued there, for six more values a side at
//     most.
//   - Then come the runs that count: the full budget on all training data with the
//     learning rate chosen, once for each of the seeds 1, 2, 3 and so on, measured on
//     the test data. A seed sets the initial weights, the order of the examples and
//     what the optimizer draws.
//   - Optimizers without a learning rate, those that find it themselves (they have
//     a hyperparameter d0, the first guess of how far the weights have to go, and
//     lr only as a factor) and those whose user has set it, run as they are. All other hyperparameters are as they are given, by default those of
//     the paper; the learning rate is constant.
//
// The budget is a number of steps on batches of the same size. Optimizers that
// ask for several gradients a step, such as nag, sam or lbfgs, have them: what a
// step costs stands beside the score.
//
// On a surface, a function of two variables, the budget is steps, all of them for a
// choice too, and the score the function's value at the end. A seed moves the start
// by up to a fiftieth of the window, and draws the gradients' noise where there is some.
//
// A run whose loss, or a weight, is no longer finite has diverged. It counts as
// such and ends no other. [Comparison.Run] can be interrupted and taken up again:
// every run that is done is a line of a journal, and the results, times excepted,
// are bit for bit those of a comparison that was never stopped, whatever Jobs is.
package compare
