package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/descent-go/descent/online"
)

// clicks are the examples from one number up to another.
func clicks(from, to int) (texts []string) {
	for i := from; i < to; i++ {
		texts = append(texts, click(i))
	}
	return texts
}

func TestPredict(t *testing.T) {
	texts := clicks(0, 200)
	l := plain(t, newLearner(t, online.Options{Link: online.LogisticLink}), texts...)
	var want []float64
	b := newBatch(l, &Options{LineBytes: 1 << 20})
	for _, text := range texts {
		x, err := b.read([]byte("\x01v" + text))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, float64(l.Predict(x).Value))
	}
	s := open(t, t.TempDir(), l, Options{})
	before := model(t, l)
	c := serving(t, s)
	got := c.vw("/predict", strings.Join(texts, "")).want(t, 200)
	if !slices.EqualFunc(got.values(), want, func(a, b float64) bool { return float32(a) == float32(b) }) {
		t.Errorf("predicted %v, want %v", got.values(), want)
	}
	if got.Predictions[0].Record != nil || got.Predictions[0].Loss == nil {
		t.Errorf("the answer is %s", got.body)
	}
	if !bytes.Equal(before, model(t, l)) {
		t.Error("predicting has changed the model")
	}
}

func TestForms(t *testing.T) {
	l := plain(t, newLearner(t, online.Options{}), clicks(0, 50)...)
	c := serving(t, open(t, t.TempDir(), l, Options{}))
	want := c.vw("/predict", "|ad id=3 size:2\n\n|ad id=4\r\n|user u7").want(t, 200).values()
	if len(want) != 3 || want[0] == 0 || want[0] == want[1] {
		t.Fatalf("predicted %v", want)
	}
	one, two, three := `{"ad":{"id=3":true,"size":2}}`, `{"ad":{"id=4":true}}`, "{\n\t\"user\":\n {\"u7\":1}}"
	for name, body := range map[string]string{
		"array":     "[" + one + ", " + two + ",\n" + three + "]",
		"lines":     one + "\n" + two + "\n" + three + "\n",
		"one line":  one + two + three,
		"line ends": one + "\r\n\r\n" + two + three,
	} {
		if got := c.json("/predict", body).want(t, 200).values(); !slices.Equal(got, want) {
			t.Errorf("%s: predicted %v, want %v", name, got, want)
		}
	}
	if got := c.json("/predict", one).want(t, 200).values(); len(got) != 1 || got[0] != want[0] {
		t.Errorf("predicted %v", got)
	}
	text := c.ask("POST", "/predict", strings.NewReader(one), "Content-Type", "application/x-ndjson", "Accept", "text/plain").want(t, 200)
	if number := fmt.Sprintf("%g\n", float32(want[0])); text.body != number {
		t.Errorf("the text is %q, want %q", text.body, number)
	}
}

func TestClasses(t *testing.T) {
	l := newLearner(t, online.Options{Classes: 3})
	c := serving(t, open(t, t.TempDir(), l, Options{}))
	for range 20 {
		c.vw("/learn", "1 |x a\n2 |x b\n3 |x c\n").want(t, 200)
	}
	got := c.vw("/predict", "'first |x a\n'second |x b\n").want(t, 200)
	if p := got.Predictions; *p[0].Value != 1 || *p[1].Value != 2 || len(p[1].Scores) != 3 || p[1].Scores[1] < p[1].Scores[0] || p[1].Tag != "second" {
		t.Errorf("the answer is %s", got.body)
	}
}

// Learning answers with what was predicted before, and the model is that of
// the examples one after the other.
func TestLearn(t *testing.T) {
	texts := append(clicks(0, 300), `{"_label": 1, "ad": {"id=3": true}}`)
	l := newLearner(t, online.Options{})
	c := serving(t, open(t, t.TempDir(), l, Options{}))
	alone := c.vw("/learn", texts[0]).want(t, 200)
	many := c.vw("/learn", strings.Join(texts[1:300], "")).want(t, 200)
	last := c.json("/learn", texts[300]).want(t, 200)
	if p := c.vw("/predict", texts[0]).want(t, 200).Predictions; p[0].Record != nil {
		t.Errorf("a prediction has record %d", *p[0].Record)
	}
	if p := alone.Predictions; len(p) != 1 || *p[0].Value != 0 || *p[0].Record != 0 {
		t.Errorf("the answer is %s", alone.body)
	}
	if p := many.Predictions; len(p) != 299 || *p[298].Record != 299 || *p[298].Value == 0 {
		t.Errorf("the last is %+v of %d", p[298], len(p))
	}
	if p := last.Predictions; len(p) != 1 || *p[0].Record != 300 {
		t.Errorf("the answer is %s", last.body)
	}
	if !bytes.Equal(model(t, l), model(t, plain(t, newLearner(t, online.Options{}), texts...))) {
		t.Error("the model is not that of the examples")
	}
}

// A store goes on with the same bits, whether what was learned is in its log,
// a snapshot or both.
func TestRestart(t *testing.T) {
	dir := t.TempDir()
	start := func() *online.Learner { return newLearner(t, online.Options{Names: true}) }
	texts := append(clicks(0, 60), `{"_label":-1,"x":{"a":0.5},"_text":"b c"}`)
	for i, text := range texts {
		s, err := Open(dir, start(), Options{SnapshotExamples: 1 << 30})
		if err != nil {
			t.Fatal(err)
		}
		c := serving(t, s)
		if strings.HasPrefix(text, "{") {
			c.json("/learn", text).want(t, 200)
		} else {
			c.vw("/learn", text).want(t, 200)
		}
		if i%3 == 0 {
			if err := s.Close(); err != nil { // with a snapshot
				t.Fatal(err)
			}
			continue
		}
		close(s.stop) // as killed
		s.stopped.Wait()
		if err := s.log.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir, nil, Options{})
	want := plain(t, start(), texts...)
	if !bytes.Equal(model(t, s.learner), model(t, want)) {
		t.Error("the model is not that of a learner that never stopped")
	}
	if s.log.Next() != uint64(len(texts)) || s.sums.weight != float64(len(texts)) || !(s.sums.loss > 0) {
		t.Errorf("%d records, sums %v", s.log.Next(), s.sums)
	}
}

func TestSnapshots(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, newLearner(t, online.Options{}), Options{SnapshotExamples: 50})
	c := serving(t, s)
	for _, text := range clicks(0, 400) {
		c.vw("/learn", text).want(t, 200)
	}
	waitFor(t, "a late snapshot, and older ones to be gone", func() bool {
		n, _, _ := s.log.Latest()
		left, _ := filepath.Glob(filepath.Join(dir, "*.snapshot"))
		return n > 300 && len(left) <= 2
	})
}

func TestOtherModel(t *testing.T) {
	dir := t.TempDir()
	first := newLearner(t, online.Options{})
	s := open(t, dir, first, Options{})
	serving(t, s).vw("/learn", click(1)).want(t, 200)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for name, l := range map[string]*online.Learner{
		"other bits": newLearner(t, online.Options{Bits: 11}),
		"learned":    plain(t, newLearner(t, online.Options{}), click(2)),
	} {
		if _, err := Open(dir, l, Options{}); err == nil || !strings.Contains(err.Error(), "began with another model") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	open(t, dir, newLearner(t, online.Options{}), Options{})
	if _, err := Open(dir, nil, Options{}); err == nil || !strings.Contains(err.Error(), "in use by another process") {
		t.Errorf("error %v", err)
	}
}

func TestWrongStore(t *testing.T) {
	if _, err := Open(t.TempDir(), nil, Options{}); err == nil || !strings.Contains(err.Error(), "is empty") {
		t.Errorf("error %v", err)
	}
	if _, err := Open(t.TempDir(), nil, Options{Examples: -1}); err == nil || !strings.Contains(err.Error(), "Examples is -1") {
		t.Errorf("error %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file, newLearner(t, online.Options{}), Options{}); err == nil {
		t.Error("a file is no store")
	}
}

func TestCorruptLog(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, newLearner(t, online.Options{}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := serving(t, s)
	for _, text := range clicks(0, 10) {
		c.vw("/learn", text).want(t, 200)
	}
	close(s.stop)
	s.stopped.Wait()
	if err := s.log.Close(); err != nil {
		t.Fatal(err)
	}
	logs, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(logs) != 1 {
		t.Fatal(logs, err)
	}
	content, err := os.ReadFile(logs[0])
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 4
	if err := os.WriteFile(logs[0], content, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, nil, Options{}); err == nil || !strings.Contains(err.Error(), logs[0]+" is damaged at byte ") {
		t.Errorf("error %v", err)
	}
}

func TestModel(t *testing.T) {
	l := newLearner(t, online.Options{Names: true})
	s := open(t, t.TempDir(), l, Options{})
	c := serving(t, s)
	c.vw("/learn", strings.Join(clicks(0, 100), "")).want(t, 200)
	var f facts
	if err := json.Unmarshal([]byte(c.ask("GET", "/model?top=3", nil).want(t, 200).body), &f); err != nil {
		t.Fatal(err)
	}
	if f.Rule != "ftrl" || f.Loss != "logistic" || f.Bits != 12 || f.Learned != 100 || f.Records != 100 || f.AverageLoss == nil || !(*f.AverageLoss > 0.1) {
		t.Errorf("facts %+v", f)
	}
	if f.NonZero < 20 || len(f.Strongest) != 3 || f.Strongest[0].Name == "" {
		t.Errorf("%d weights, strongest %v", f.NonZero, f.Strongest)
	}
	if w := f.Strongest; w[0].Value*w[0].Value < w[1].Value*w[1].Value {
		t.Errorf("strongest %v", w)
	}
	file := c.ask("GET", "/model?download=1", nil).want(t, 200).body
	loaded, err := online.Load(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(model(t, loaded), model(t, l)) {
		t.Error("another model came down")
	}
	c.ask("GET", "/model?top=101", nil).want(t, 400)
}

// All that a service does it does at once: the race detector looks on.
func TestTogether(t *testing.T) {
	for name, o := range map[string]online.Options{"one model": {Names: true, Loss: online.Squared}, "classes": {Classes: 2}} {
		t.Run(name, func(t *testing.T) { together(t, o) })
	}
}

func together(t *testing.T, o online.Options) {
	s := open(t, t.TempDir(), newLearner(t, o), Options{SnapshotExamples: 20})
	c := serving(t, s)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for j := range 50 {
				c.vw("/learn", strings.ReplaceAll(click(i*50+j)+click(j), "-1 |", "2 |")).want(t, 200)
			}
		})
		all.Go(func() {
			for j := range 50 {
				c.vw("/predict", strings.ReplaceAll(click(j)+click(j+1), "-1 |", "2 |")).want(t, 200)
			}
		})
	}
	for _, path := range []string{"/model?top=10", "/model?download=1", "/live", "/metrics", "/healthz"} {
		all.Go(func() {
			for range 10 {
				c.ask("GET", path, nil).want(t, 200)
			}
		})
	}
	all.Wait()
	if n := s.log.Next(); n != 400 || s.learner.Learned() != 400 {
		t.Errorf("%d records, %d learned", n, s.learner.Learned())
	}
}

// Predictions go on while a snapshot is made, learning waits for it.
func TestPredictDuringSnapshot(t *testing.T) {
	l := newLearner(t, online.Options{})
	s := open(t, t.TempDir(), l, Options{})
	c := serving(t, s)
	c.vw("/learn", click(1)).want(t, 200)
	disk := &writingLog{s.log, make(chan struct{}), make(chan struct{})}
	s.log = disk
	kept := make(chan error)
	go func() { kept <- s.keep() }()
	<-disk.begun
	learned := make(chan struct{})
	go func() {
		c.vw("/learn", click(2))
		close(learned)
	}()
	for range 10 {
		c.vw("/predict", click(1)).want(t, 200)
	}
	select {
	case <-learned:
		t.Error("it learned while a snapshot was made")
	case <-time.After(200 * time.Millisecond):
	}
	close(disk.end)
	if err := <-kept; err != nil {
		t.Error(err)
	}
	<-learned
}

// writingLog is a log whose snapshots take as long as the test wants.
type writingLog struct {
	logbook
	begun, end chan struct{}
}

func (w *writingLog) Snapshot(n uint64, write writing) error {
	close(w.begun)
	<-w.end
	w.begun = make(chan struct{}) // for the one of Close
	return w.logbook.Snapshot(n, write)
}
