package vw

import (
	"github.com/spf13/pflag"
)

// GroupAnnotation is the annotation of a flag that has its group's title.
const GroupAnnotation = "vw-group"

// Groups are the titles of the groups of flags, in order.
var Groups = []string{groupInput, groupOutput, groupPasses, groupUpdate, groupLoss, groupFeatures}

const (
	groupInput    = "Input"
	groupOutput   = "Output"
	groupPasses   = "Passes and tests"
	groupUpdate   = "Update"
	groupLoss     = "Loss and predictions"
	groupFeatures = "Features"
)

// The words that options take.
var (
	Losses  = []string{"squared", "classic", "logistic", "hinge", "quantile", "expectile", "poisson"}
	Links   = []string{"identity", "logistic", "poisson", "glf1"}
	Hashes  = []string{"strings", "all"}
	Formats = []string{"auto", "vw", "libsvm", "csv", "json"}
)

// Flags gives a set of flags the options. Flags of others are to be there
// before. After it has parsed, Finish.
func (c *Config) Flags(f *pflag.FlagSet) {
	c.given.flags = f
	c.given.follow()
	d := definer{c: c, f: f}
	d.input()
	d.output()
	d.passes()
	d.update()
	d.loss()
	d.features()
	d.unsupported()
}

// definer defines flags of a group.
type definer struct {
	c     *Config
	f     *pflag.FlagSet
	group string
}

func (d *definer) add(v pflag.Value, name, short, usage string) *pflag.Flag {
	flag := d.f.VarPF(v, name, short, usage)
	flag.Annotations = map[string][]string{GroupAnnotation: {d.group}}
	return flag
}

func (d *definer) text(to *string, name, short, usage string) {
	d.add(&scalar[string]{to: to, g: &d.c.given, kind: "text", parse: parseText}, name, short, usage)
}

func (d *definer) word(to *string, words []string, name, usage string) {
	d.add(&scalar[string]{to: to, g: &d.c.given, kind: "word", parse: oneOf(words)}, name, "", usage)
}

func (d *definer) number(to *float32, name, short, usage string) {
	d.add(&scalar[float32]{to: to, g: &d.c.given, kind: "number", parse: parseFloat}, name, short, usage)
}

func (d *definer) optional(to **float32, name, short, usage string) {
	d.add(optional{to, &d.c.given}, name, short, usage)
}

func (d *definer) count(to *int, name, short, usage string) {
	d.add(&scalar[int]{to: to, g: &d.c.given, kind: "count", parse: parseCount}, name, short, usage)
}

func (d *definer) bool(to *bool, name, short, usage string) {
	d.add(&scalar[bool]{to: to, g: &d.c.given, kind: "bool", parse: parseBool}, name, short, usage).NoOptDefVal = "true"
}

func (d *definer) list(to *[]string, name, short, usage string) {
	d.add(&list{to: to, g: &d.c.given}, name, short, usage)
}

func (d *definer) input() {
	c := d.c
	d.group = groupInput
	d.text(&c.Data, "data", "d", "`file` of examples, plain, gzip or zstd; - is standard input, as is none")
	d.word(&c.Format, Formats, "format", "`format` of the data: auto, vw, libsvm, csv or json")
	d.bool(&c.JSON, "json", "", "the data are JSON lines")
	d.bool(&c.CSV, "csv", "", "the data are CSV with a header")
	d.bool(&c.Strict, "strict", "", "a malformed line ends the run; else it is reported and read as Vowpal Wabbit reads it")
	d.bool(&c.Strict, "strict_parse", "", "Vowpal Wabbit's word for --strict")
	d.bool(&c.Cache, "cache", "c", "keep the examples for further passes in a file beside the data, named data.cache, and use it where it is there")
	d.text(&c.CacheFile, "cache_file", "", "keep the examples in this `file`, and use it where it is there")
	d.bool(&c.KillCache, "kill_cache", "k", "read the data though there is a cache, and write it anew")
	d.add(&scalar[int]{to: &c.Examples, g: &c.given, kind: "count", parse: parseInt}, "examples", "", "read no more than so many examples in a pass (`count`), -1 is all")
	d.bool(&c.NoStdin, "no_stdin", "", "do not read standard input where there is no --data")
}

func (d *definer) output() {
	c := d.c
	d.group = groupOutput
	d.text(&c.Model, "final_regressor", "f", "`file` to save the model in; - is standard output")
	d.bool(&c.PredictOnly, "predict_only_model", "", "save weights that are not 0 and no more: a small model that only predicts")
	d.text(&c.Initial, "initial_regressor", "i", "`file` of a model to go on from; its options hold; - is standard input")
	d.text(&c.Predictions, "predictions", "p", "`file` of predictions; - and stdout are standard output")
	d.text(&c.Raw, "raw_predictions", "r", "`file` of predictions before link and limits; - and stdout are standard output")
	d.text(&c.Readable, "readable_model", "", "`file` for the weights as text; - is standard output")
	d.text(&c.InvertHash, "invert_hash", "", "`file` for the weights as text, with features' names; - is standard output")
	d.bool(&c.Names, "names", "", "keep features' names in the model, for descent model show")
	d.text(&c.Progress, "progress", "P", "a line of the table every so many examples, or with a point, as 2.0, after so many times as many (`number`)")
	d.bool(&c.Quiet, "quiet", "", "print no table, no summary and no warnings")
	d.bool(&c.OutputOff, "driver_output_off", "", "print no table and no summary")
	d.word(&c.Output, []string{"stderr", "stdout"}, "driver_output", "`where` table and summary go: stderr or stdout")
}

func (d *definer) passes() {
	c := d.c
	d.group = groupPasses
	d.bool(&c.TestOnly, "testonly", "t", "only predict")
	d.count(&c.Passes, "passes", "", "`count` of passes over the data; several need a cache")
	d.bool(&c.HoldoutOff, "holdout_off", "", "with several passes, hold no examples out")
	d.count(&c.HoldoutPeriod, "holdout_period", "", "hold every so many-th example out (`count`)")
	d.count(&c.HoldoutAfter, "holdout_after", "", "hold out all after so many examples (`count`, default 0: by --holdout_period)")
	d.count(&c.EarlyTerminate, "early_terminate", "", "end after so many passes without a better loss of what is held out (`count`); the model is then that of the best pass")
}

func (d *definer) update() {
	c := d.c
	d.group = groupUpdate
	d.bool(&c.SGD, "sgd", "", "plain gradient steps, in place of the usual update, which is --adaptive --normalized --invariant")
	d.bool(&c.Adaptive, "adaptive", "", "every weight has a rate of its own, as AdaGrad has it")
	d.bool(&c.Normalized, "normalized", "", "what a feature's values are scaled by does not matter")
	d.bool(&c.Invariant, "invariant", "", "a step of importance 2 is two of importance 1")
	d.bool(&c.FTRL, "ftrl", "", "follow the regularized leader")
	d.bool(&c.Pistol, "pistol", "", "PiSTOL, without a learning rate")
	d.bool(&c.Coin, "coin", "", "coin betting, without a learning rate")
	d.optional(&c.Alpha, "ftrl_alpha", "", "learning rate of --ftrl (default 0.5), parameter of --pistol (1) and --coin (4): `number`")
	d.optional(&c.Beta, "ftrl_beta", "", "parameter of --ftrl (default 1), --pistol (0.5) and --coin (1): `number`")
	d.optional(&c.LearningRate, "learning_rate", "l", "learning rate, a `number` (default 0.5, or 10 where the update is not both adaptive and normalized)")
	d.number(&c.PowerT, "power_t", "", "the rate decays as the number of examples to minus this `power`")
	d.optional(&c.InitialT, "initial_t", "", "so many examples (`number`) count as seen at the start (default 0, and 1 for --sgd)")
	d.number(&c.DecayLearningRate, "decay_learning_rate", "", "multiply the learning rate by a `number` after each pass")
	d.number(&c.L1, "l1", "", "regularisation by the sizes of weights: `number`")
	d.number(&c.L2, "l2", "", "regularisation by the squares of weights: `number`")
	d.number(&c.InitialWeight, "initial_weight", "", "what every weight starts as: `number`")
	d.bool(&c.RandomWeights, "random_weights", "", "weights start as random numbers from -0.5 to 0.5")
}

func (d *definer) loss() {
	c := d.c
	d.group = groupLoss
	d.word(&c.Loss, Losses, "loss_function", "`loss`: squared, classic, logistic, hinge, quantile, expectile or poisson")
	d.number(&c.QuantileTau, "quantile_tau", "", "which quantile --loss_function quantile is for: `number`")
	d.number(&c.ExpectileQ, "expectile_q", "", "which expectile --loss_function expectile is for: `number`")
	d.word(&c.Link, Links, "link", "`link` from sums to predictions: identity, logistic, poisson or glf1")
	d.optional(&c.MinPrediction, "min_prediction", "", "smallest prediction, a `number` (default: follows the labels)")
	d.optional(&c.MaxPrediction, "max_prediction", "", "largest prediction, a `number` (default: follows the labels)")
	d.count(&c.OAA, "oaa", "", "`count` of classes, one against all others; labels are 1 to this")
	d.bool(&c.Probabilities, "probabilities", "", "with --oaa, predict every class's probability")
	d.bool(&c.Scores, "scores", "", "with --oaa, predict every class's score")
	d.list(&c.ClassWeight, "classweight", "", "multiply the importance of examples with a label, as 1:2.5,-1:0.5 (`label:factor`)")
	d.bool(&c.Binary, "binary", "", "predictions are -1 or 1, the loss is that of wrong ones")
}

func (d *definer) features() {
	c := d.c
	d.group = groupFeatures
	d.count(&c.Bits, "bit_precision", "b", "2 to this many weights (`bits`)")
	d.word(&c.Hash, Hashes, "hash", "`hash` of names: strings, where numbers are themselves, or all")
	d.add(&scalar[uint32]{to: &c.HashSeed, g: &c.given, kind: "number", parse: parseSeed[uint32](32)}, "hash_seed", "", "what hashes start from: `number`")
	d.add(&scalar[uint64]{to: &c.RandomSeed, g: &c.given, kind: "number", parse: parseSeed[uint64](64)}, "random_seed", "", "what --random_weights starts from: `number`")
	d.bool(&c.NoConstant, "noconstant", "", "no constant feature")
	d.number(&c.Constant, "constant", "C", "what the constant's weight starts as, but for --ftrl, --pistol and --coin: `number`")
	d.list(&c.Quadratic, "quadratic", "q", "features of pairs of two `namespaces` by their first letters, as ab; a colon is any")
	d.list(&c.Cubic, "cubic", "", "features of triples of three `namespaces`, as abc")
	d.list(&c.Interactions, "interactions", "", "features of as many `namespaces` as there are letters")
	d.bool(&c.Permutations, "permutations", "", "within a namespace pairs count in both orders")
	d.bool(&c.LeaveDuplicates, "leave_duplicate_interactions", "", "keep interactions that are there twice")
	d.list(&c.Ignore, "ignore", "", "leave out `namespaces` with these first letters")
	d.list(&c.IgnoreLinear, "ignore_linear", "", "use `namespaces` with these first letters in interactions only")
	d.list(&c.Keep, "keep", "", "leave out all `namespaces` but those with these first letters")
	d.list(&c.Ngram, "ngram", "", "features of so many words in a row: `n`, or a2 for namespaces that begin with a")
	d.list(&c.Skips, "skips", "", "with --ngram, leave up to so many words out between: `n`, or a2 for namespaces that begin with a")
	d.list(&c.FeatureLimit, "feature_limit", "", "at most so many features of a namespace: `n`, or a2 for those that begin with a")
	d.accepted()
}
