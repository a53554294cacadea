package online

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"
)

// testdata/features.txt is what Vowpal Wabbit 9.11.9 makes of the lines of
// features.dat: `-d features.dat --audit -t` and the options after ">", names,
// weights and values of the features of every example that has any (of the
// first class, where there are several), and after "=" how many it counted.
func TestFeaturesOfVW(t *testing.T) {
	text, err := os.ReadFile("testdata/features.txt")
	if err != nil {
		t.Fatal(err)
	}
	cases := strings.Split(string(text), "> ")[1:]
	for _, c := range cases {
		command, want, _ := strings.Cut(c, "\n")
		t.Run(command, func(t *testing.T) { compareFeatures(t, command, want) })
	}
	if len(cases) < 60 {
		t.Errorf("%d commands", len(cases))
	}
}

func compareFeatures(t *testing.T, command, want string) {
	f, multiplier, mask := featuresOf(t, command)
	e, err := newExpander(f, multiplier, mask)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open("testdata/features.dat")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var got strings.Builder
	var x Example
	count := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		built(&x, lines.Text())
		x.at, x.value = e.expand(&x)
		count += len(x.at) + x.unseen
		if n := e.size(&x); n < len(x.at)+x.unseen || len(f.Limits) == 0 && n != len(x.at)+x.unseen {
			t.Errorf("%s: size %d of %d features", lines.Text(), n, len(x.at)+x.unseen)
		}
		if len(x.at) > 0 {
			got.WriteString(audit(e, &x) + "\n")
		}
	}
	got.WriteString("= " + strconv.Itoa(count) + "\n")
	g, w := strings.Split(got.String(), "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Fatalf("line %d:\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	if len(g) != len(w) {
		t.Errorf("%d lines, want %d", len(g), len(w))
	}
}

// audit writes an example as Vowpal Wabbit does.
func audit(e *expander, x *Example) string {
	var out []string
	for i, name := range e.names(x) {
		out = append(out, name+":"+strconv.Itoa(int(x.at[i]))+":"+short(x.value[i]))
	}
	return strings.Join(out, " ")
}

// short is a number with six digits.
func short(v float32) string {
	return strings.Replace(strconv.FormatFloat(float64(v), 'g', 6, 32), "+Inf", "inf", 1)
}

// built makes an example of a line of simple text.
func built(x *Example, line string) {
	x.Reset()
	for i, group := range strings.Split(line, "|") {
		if i == 0 {
			continue
		}
		space, rest, _ := strings.Cut(strings.TrimRight(group, " "), " ")
		x.Namespace(space)
		for _, word := range strings.Fields(rest) {
			name, number, found := strings.Cut(word, ":")
			value := 1.0
			if found {
				value, _ = strconv.ParseFloat(number, 32)
			}
			x.Feature(name, float32(value))
			if space != "" {
				name = space + "^" + name
			}
			if value != 0 {
				x.Names = append(x.Names, name)
			}
		}
	}
}

// featuresOf reads Vowpal Wabbit's options.
func featuresOf(t *testing.T, command string) (f Features, multiplier, mask uint32) {
	multiplier, mask = 1, 1<<18-1
	words := strings.Fields(command)
	for len(words) > 0 {
		option := words[0]
		words = words[1:]
		switch option {
		case "--noconstant":
			f.NoConstant = true
			continue
		case "--permutations":
			f.Permutations = true
			continue
		case "--leave_duplicate_interactions":
			f.KeepDuplicates = true
			continue
		}
		arg := words[0]
		words = words[1:]
		switch option {
		case "-q", "--cubic", "--interactions":
			f.Interactions = append(f.Interactions, arg)
		case "--ignore":
			f.Ignore += arg
		case "--ignore_linear": // shown all the same
		case "--keep":
			f.Keep += arg
		case "--ngram":
			f.Ngrams = append(f.Ngrams, arg)
		case "--skips":
			f.Skips = append(f.Skips, arg)
		case "--feature_limit":
			f.Limits = append(f.Limits, arg)
		case "-b":
			n, _ := strconv.Atoi(arg)
			mask = 1<<n - 1
		case "--oaa":
			n, _ := strconv.Atoi(arg)
			for int(multiplier) < n {
				multiplier *= 2
			}
		default:
			t.Fatal("unknown option", option)
		}
	}
	return f, multiplier, mask
}
