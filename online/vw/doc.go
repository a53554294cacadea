// Package vw is Vowpal Wabbit's command line for package online: its options,
// its passes over the data with holdout and caches, its table while learning,
// its files of predictions.
//
//	c, err := vw.Parse("-d", "clicks.vw.gz", "--loss_function", "logistic", "--ftrl", "-f", "model", "-p", "preds")
//	if err != nil { ... }
//	result, err := c.Run(ctx, vw.Streams{In: os.Stdin, Out: os.Stdout, Log: os.Stderr})
//
// With the same options it gives Vowpal Wabbit's predictions and losses. An
// option of Vowpal Wabbit that is not there is an error that says so, never
// something else. Models and caches are files of package online's own. Beside
// Vowpal Wabbit's updates a [Config] takes any rule of package optim that is a
// formula for each weight by itself.
package vw
