package animate

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/descent-go/descent/optim"
)

var (
	classes  = regexp.MustCompile(`class="([^"]*)"`)
	rules    = regexp.MustCompile(`\.([a-z]\d+)\{animation-name:([a-z]\d+)\}@keyframes ([a-z]\d+)\{([^\n]*)\}\n`)
	percents = regexp.MustCompile(`([\d.]+)%`)
)

// TestSVG is well-formed, small, asks nobody for anything, and every class has
// its rule, whose times rise.
func TestSVG(t *testing.T) {
	for _, a := range []*Animation{
		drawn(t, Runner{Rule: optim.NAG}, Options{Steps: 30}),
		raced(t, Options{}, polyak, Runner{Rule: optim.Adam, Tune: true}),
	} {
		text := string(encode(t, a, "svg"))
		if text != string(encode(t, a, "svg")) || len(text) > 150_000 {
			t.Errorf("files differ or are large: %d bytes", len(text))
		}
		d := xml.NewDecoder(strings.NewReader(text))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if rest := strings.ReplaceAll(strings.ReplaceAll(text, `xmlns="http://www.w3.org/2000/svg"`, ""), `xmlns:xlink="http://www.w3.org/1999/xlink"`, ""); strings.Contains(rest, "http") || strings.Contains(rest, "url(") {
			t.Error("asks for what is elsewhere")
		}
		goes := map[string]bool{} // what is not in the last picture is hidden where nothing moves
		known := map[string]bool{"s": true, "m": true, "h": true, "a": true}
		for _, r := range rules.FindAllStringSubmatch(text, -1) {
			if r[1] != r[2] || r[1] != r[3] {
				t.Errorf("rule %s", r[0])
			}
			known[r[1]] = true
			goes[r[1]] = strings.HasSuffix(r[4], "to{visibility:hidden}")
			last := -1.0
			for _, p := range percents.FindAllStringSubmatch(r[4], -1) {
				now, err := strconv.ParseFloat(p[1], 64)
				if err != nil || now < last || now > 100 {
					t.Errorf("times fall in %s", r[0])
				}
				last = now
			}
		}
		n := 0
		for _, c := range classes.FindAllStringSubmatch(text, -1) {
			for name := range strings.FieldsSeq(c[1]) {
				if n++; !known[name] {
					t.Errorf("class %s has no rule", name)
				}
				if name[0] == 'k' && goes[name] != strings.Contains(c[1], "s h k") {
					t.Errorf("class %s: hidden at the end %v", c[1], goes[name])
				}
			}
		}
		if n < 100 {
			t.Errorf("only %d classes", n)
		}
	}
}
