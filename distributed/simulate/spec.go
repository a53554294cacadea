package simulate

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/descent-go/descent/formula"
)

// key is a parameter of a specification such as "mean=50ms,alpha=2".
type key struct {
	name    string
	initial float64
	unit    unit
}

// unit reads and writes the values of parameters.
type unit struct {
	read  func(text string) (float64, error)
	write func(v float64) string
}

var (
	seconds   = unit{readSeconds, func(v float64) string { return time.Duration(v * 1e9).String() }}
	bandwidth = unit{readBandwidth, writeBandwidth}
	number    = unit{readNumber, plain}
	factor    = unit{readFactor, plain}
	share     = unit{readShare, plain}
)

// read gives the values of parameters, in their order, those that are not in the
// text as they are initially.
func read(text string, keys []key) ([]float64, error) {
	values := make([]float64, len(keys))
	var names []string
	for i, k := range keys {
		values[i] = k.initial
		names = append(names, k.name)
	}
	if strings.TrimSpace(text) == "" {
		return values, nil
	}
	given := map[string]bool{}
	for part := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(part, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok {
			return nil, fmt.Errorf("%q: expected name=value", part)
		}
		i := 0
		for i < len(keys) && keys[i].name != name {
			i++
		}
		if i == len(keys) {
			return nil, unknown(name, names)
		}
		if given[name] {
			return nil, fmt.Errorf("%s is given twice", name)
		}
		given[name] = true
		v, err := keys[i].unit.read(value)
		if err != nil {
			return nil, fmt.Errorf("%s=%s: %w", name, value, err)
		}
		values[i] = v
	}
	return values, nil
}

// usage writes parameters as they are initially.
func usage(keys []key) string {
	var all []string
	for _, k := range keys {
		all = append(all, k.name+"="+k.unit.write(k.initial))
	}
	return strings.Join(all, ",")
}

// unknown offers the names nearest to one that is not there, or all.
func unknown(name string, names []string) error {
	if near := formula.Nearest(name, names); name != "" && len(near) > 0 {
		return fmt.Errorf("unknown name %q; did you mean %s?", name, strings.Join(near, ", "))
	}
	return fmt.Errorf("unknown name %q; there is %s", name, strings.Join(names, ", "))
}

func readSeconds(text string) (float64, error) {
	if text == "0" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, errors.New("expected a time, 0 or more")
	}
	return d.Seconds(), nil
}

func readNumber(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v >= 0 && v <= 1e9) {
		return 0, errors.New("expected a number from 0 to 1e9")
	}
	return v, nil
}

func readFactor(text string) (float64, error) {
	v, err := readNumber(text)
	if err != nil || v < 1 {
		return 0, errors.New("expected a factor from 1 to 1e9")
	}
	return v, nil
}

func readShare(text string) (float64, error) {
	v, err := readNumber(text)
	if err != nil || v > 1 {
		return 0, errors.New("expected a share from 0 to 1")
	}
	return v, nil
}

func plain(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// units are those of bandwidths, the longer ones first.
var units = []struct {
	name string
	of   float64
}{{"Tbit", 1e12}, {"Gbit", 1e9}, {"Mbit", 1e6}, {"kbit", 1e3}}

func readBandwidth(text string) (float64, error) {
	for _, b := range units {
		if amount, ok := strings.CutSuffix(strings.TrimSuffix(text, "/s"), b.name); ok {
			if v, err := readNumber(strings.TrimSpace(amount)); err == nil && v > 0 {
				return v * b.of, nil
			}
		}
	}
	return 0, errors.New("expected bits a second, above 0, in kbit, Mbit, Gbit or Tbit")
}

func writeBandwidth(v float64) string {
	for _, b := range units {
		if v >= b.of {
			return plain(v/b.of) + b.name
		}
	}
	return plain(v/1e3) + "kbit"
}
