package vw

import (
	"github.com/spf13/pflag"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// Config is what a command line says. New has the defaults; the fields are
// called as Vowpal Wabbit's options are, and mean the same.
type Config struct {
	// Input.
	Data      string // file; "" or "-" is standard input
	Format    string // vw, libsvm, csv or json; "" or auto: found out
	JSON, CSV bool   // Vowpal Wabbit's words for the formats
	Strict    bool   // a malformed line ends the run
	Cache     bool   // keep the examples in Data.cache, for further passes
	CacheFile string // keep them here
	KillCache bool   // do not use a cache that is there
	Examples  int    // read so many lines in each pass; -1: all
	NoStdin   bool   // without Data there is nothing to read

	// Output.
	Model       string // file that the learner is saved in
	Initial     string // file to go on from
	Predictions string // file; "-" and "stdout" are standard output
	Raw         string // file of predictions before link and limits
	Readable    string // file of weights as text
	InvertHash  string // file of weights as text, with names
	Quiet       bool   // no table and no summary
	Progress    string // every so many examples a line; with a point, by so much more
	OutputOff   bool   // no table and no summary
	Output      string // where they go: stderr or stdout
	History     bool   // keep Result.History

	// Passes.
	TestOnly       bool
	Passes         int
	HoldoutOff     bool
	HoldoutPeriod  int
	HoldoutAfter   int
	EarlyTerminate int

	// The update.
	LearningRate                         *float32 // nil: 0.5, or 10 where the update is not both adaptive and normalized
	InitialT                             *float32 // nil: 0, or 1 where it is neither
	PowerT, DecayLearningRate            float32
	SGD, Adaptive, Normalized, Invariant bool
	FTRL, Pistol, Coin                   bool
	Alpha, Beta                          *float32 // of FTRL, Pistol and Coin; nil: what they have
	L1, L2                               float32

	// Loss and predictions.
	Loss                         string
	QuantileTau, ExpectileQ      float32
	Link                         string
	MinPrediction, MaxPrediction *float32 // nil: they follow the labels
	OAA                          int
	Binary                       bool
	Probabilities, Scores        bool
	ClassWeight                  []string // label:factor of the importance, several with commas

	// Features.
	Bits                           int
	Hash                           string
	HashSeed                       uint32
	RandomWeights                  bool
	RandomSeed                     uint64
	NoConstant                     bool
	Constant, InitialWeight        float32
	Quadratic, Cubic, Interactions []string
	Permutations, LeaveDuplicates  bool
	Ignore, IgnoreLinear, Keep     []string
	Ngram, Skips, FeatureLimit     []string
	Names                          bool // keep features' names in the model
	PredictOnly                    bool // the model written has its weights and no more
	SaveResume, SparseWeights      bool // as every model here
	OneThread, Compressed          bool // as every run here

	// Rule moves the weights in place of Vowpal Wabbit's updates, with Hypers
	// for its hyperparameters; nil: none does.
	Rule   optim.Rule
	Hypers []descent.Option

	given   given
	weights map[int]float32 // of ClassWeight
}

// New has the defaults of Vowpal Wabbit.
func New() *Config {
	return &Config{
		Format: "auto", Examples: -1, Progress: "2.0", Output: "stderr", Passes: 1, HoldoutPeriod: 10, EarlyTerminate: 3,
		PowerT: 0.5, DecayLearningRate: 1,
		Loss: "squared", QuantileTau: 0.5, Link: "identity", Bits: 18, Hash: "strings",
	}
}

// Parse reads a command line of Vowpal Wabbit, without the program's name.
func Parse(args ...string) (*Config, error) {
	c := New()
	f := pflag.NewFlagSet("vw", pflag.ContinueOnError)
	c.Flags(f)
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	return c, c.Finish(f.Args())
}
