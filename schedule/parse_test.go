package schedule

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

func itoa(n int) string { return strconv.Itoa(n) }

func same(a, b Schedule) bool {
	for step := range 300 {
		if math.Float64bits(a.At(step)) != math.Float64bits(b.At(step)) {
			return false
		}
	}
	return a.String() == b.String()
}

func TestParse(t *testing.T) {
	for spec, want := range map[string]Schedule{
		"constant":                                          Constant(1),
		"constant:factor=0.5":                               Constant(0.5),
		" step : every = 10 , gamma = 0.1 ":                 Step(10, 0.1),
		"step:every=10%,gamma=1e-1":                         Step(20, 0.1),
		"multistep:gamma=0.1,milestones=9":                  MultiStep(0.1, 9),
		"multistep:gamma=.1,milestones=9/50%":               MultiStep(0.1, 9, 100),
		"exponential:gamma=0.99":                            Exponential(0.99),
		"polynomial":                                        Polynomial(200, 1, 0),
		"polynomial:total=0.3%":                             Polynomial(1, 1, 0),
		"polynomial:power=2,total=50":                       Polynomial(50, 2, 0),
		"cosine":                                            Cosine(200, 0),
		"cosine:final=0.1":                                  Cosine(200, 0.1),
		"warmup:steps=5%":                                   Warmup(10, Constant(1)),
		"warmup:steps=5%,then=cosine":                       Warmup(10, Cosine(190, 0)),
		"warmup:steps=5%,then=(cosine:final=0.1,total=50%)": Warmup(10, Cosine(95, 0.1)),
		"warmup-cosine:warmup=2.5%":                         WarmupCosine(5, 200),
		"warmup-cosine:warmup=0,total=20":                   WarmupCosine(0, 20),
		"onecycle":                                          OneCycle(200),
		"sequence:10%=(constant),90%=(cosine)":              Sequence(Part{Constant(1), 20}, Part{Cosine(180, 0), 180}),
		"sequence:10=warmup:steps=2":                        Sequence(Part{Warmup(2, Constant(1)), 10}),
	} {
		got, err := Parse(spec, 200)
		if err != nil {
			t.Errorf("%q: %v", spec, err)
			continue
		}
		if !same(got, want) {
			t.Errorf("%q is %v, want %v", spec, got, want)
		}
	}
}

func TestParseString(t *testing.T) {
	for _, s := range []Schedule{
		Constant(1), Constant(0.1), Step(7, 0.1), MultiStep(1e-7, 1, 5, 7), Exponential(0.999), Exponential(1e300),
		Polynomial(70, 0.9, 1e-9), Cosine(33, 1./3), Warmup(3, Cosine(20, 0.1)), Warmup(3, Warmup(0, Constant(1))),
		WarmupCosine(3, 30), OneCycle(30),
		Sequence(Part{Warmup(2, OneCycle(9)), 9}, Part{Sequence(Part{Step(1, 0.5), 3}, Part{Constant(0), 2}), 7}),
	} {
		got, err := Parse(s.String(), 0)
		if err != nil || !same(got, s) {
			t.Errorf("%v read back is %v, %v", s, got, err)
		}
	}
}

func TestNames(t *testing.T) {
	for _, info := range Names() {
		if info.Doc == "" || strings.Contains(info.Doc, "\n") || !strings.HasPrefix(info.Usage, info.Name) {
			t.Errorf("%+v", info)
		}
		_, err := Parse(info.Name+":nonsense=1", 100)
		if err == nil || !strings.Contains(err.Error(), "nonsense") {
			t.Errorf("%s with nonsense: %v", info.Name, err)
		}
		filled := strings.NewReplacer("SCHEDULE", "cosine", "N/N/N", "1/2/3", "total=N", "total=50", "N", "10", "G", "0.5", "[:", ":", "[", "", "]", "").Replace(info.Usage)
		if _, err := Parse(filled, 100); err != nil {
			t.Errorf("the usage %s as %s: %v", info.Usage, filled, err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for spec, want := range map[string]string{
		"":                                   "no name given; the names are constant, step",
		"foo":                                `unknown name "foo"; the names are constant, step`,
		"cosin":                              "did you mean cosine or warmup-cosine?",
		"multi-step":                         "did you mean multistep?",
		"cosine:totl=3":                      `cosine has no key "totl"; its keys are total, final`,
		"step:every=3":                       "step needs gamma; its keys are every, gamma",
		"constant:factor=1,factor=2":         "factor is given twice",
		"cosine:total":                       `"total" is not written key=value`,
		"cosine:total=":                      `"total=" is not written key=value`,
		"cosine:total=x":                     `total is "x"; want a number of steps`,
		"cosine:total=1.5":                   `total is "1.5"`,
		"cosine:total=120%":                  `total is "120%"`,
		"cosine:total=-1%":                   `total is "-1%"`,
		"cosine:total=NaN%":                  `total is "NaN%"`,
		"cosine:final=x":                     "final=x: want a number",
		"cosine:final=nan":                   "final is NaN",
		"cosine:total=0":                     "total is 0, want 1 or more",
		"multistep:gamma=1,milestones=5/3":   "milestone 3 follows 5",
		"multistep:gamma=1,milestones=5/":    `milestones is ""`,
		"warmup:steps=5%,then=(cosin)":       "did you mean cosine",
		"warmup:steps=5%,then=(cosine":       "parentheses do not match",
		"warmup:steps=5%,then=cosine)":       "parentheses do not match",
		"warmup:steps=99,then=(cosine)":      "after a warm-up of 99 steps",
		"warmup-cosine:warmup=99%,total=5":   "leaves none",
		"sequence":                           "no parts",
		"sequence:x=(cosine)":                `the length of a part is "x"`,
		"sequence:5=(warmup:steps=-1)":       "steps is -1",
		"func":                               "unknown name",
		"exponential:gamma=0.5,,":            "not written key=value",
		"warmup-cosine:warmup=1,warmup=2":    "given twice",
		"warmup:steps=1,then=(step:every=1)": "step needs gamma",
	} {
		s, err := Parse(spec, 50)
		if err == nil || !strings.HasPrefix(err.Error(), "schedule: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want an error with %q", spec, err, want)
		}
		if s != nil {
			t.Errorf("%q: a schedule beside the error", spec)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, spec := range []string{"cosine", "step:every=1%,gamma=.1", "sequence:10%=(warmup:steps=2,then=(onecycle)),5=constant", "multistep:gamma=1,milestones=1/2", "polynomial:power=0.9"} {
		f.Add(spec, 100)
	}
	f.Fuzz(func(t *testing.T, spec string, total int) {
		s, err := Parse(spec, total)
		if err != nil {
			return
		}
		for _, step := range []int{math.MinInt, 0, 1, 50, total - 1, total, math.MaxInt} {
			if v := s.At(step); !(v >= 0) || math.IsInf(v, 0) {
				t.Errorf("%v at %d is %v", s, step, v)
			}
		}
		again, err := Parse(s.String(), 0)
		if err != nil || !same(again, s) {
			t.Errorf("%v read back is %v, %v", s, again, err)
		}
		Draw(s, 100, 40, 8)
	})
}
