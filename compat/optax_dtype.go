package compat

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/descent-go/descent/optim"
)

// optaxDTypes are the types in which states can be kept.
var optaxDTypes = []string{"float32", "bfloat16"}

// dtype reads the type in which a state is kept; empty where it is the weights'.
func (c *optaxChain) dtype(option string) string {
	if value, ok := c.options[option]; ok && value == nil {
		c.meaningless(option)
		return ""
	}
	return c.text(option, "", optaxDTypes...)
}

// optaxKept makes of a transformation one that keeps a state in a smaller type:
// JAX multiplies what it reads in that type and rounds what it keeps.
func optaxKept(link optaxTransform, state, dtype string) optaxTransform {
	if dtype == "" {
		return link
	}
	return func() (*optim.Formula, error) {
		f, err := link()
		if err != nil {
			return nil, err
		}
		return optim.Parse(f.Name()+"-"+dtype, optaxKeptText(f.Text(), state, dtype))
	}
}

// optaxKeptText rounds the products of a state with a factor up to the line
// that renews the state, and the state at the end.
func optaxKeptText(text, state, dtype string) string {
	product := regexp.MustCompile(`(\w+)\*` + state + `\b`)
	var lines []string
	renewed := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		for !renewed {
			found := product.FindStringSubmatch(line)
			if found == nil {
				break
			}
			factor, rounded := found[1]+"_"+dtype, found[1]+"_"+state
			lines = append(lines, optaxRounded(factor, found[1], dtype), optaxRounded(rounded, factor+"*"+state, dtype))
			line = strings.Replace(line, found[0], rounded, 1)
		}
		renewed = renewed || strings.HasPrefix(line, state+" = ")
		lines = append(lines, line)
	}
	return strings.Join(append(lines, optaxRounded(state+"_kept", state, dtype), state+" = "+state+"_kept"), "\n")
}

// optaxRounded gives the lines that round x after Veltkamp: x*(2^k+1) less its
// difference from x keeps all but the last k of x's bits. In float64 k is other
// than in float32, where the larger leaves 0, and where float32 is no rounding.
func optaxRounded(to, x, dtype string) string {
	wide, narrow := int64(1<<29+1), to+"_x"
	if dtype == "bfloat16" {
		wide, narrow = 1<<45+1, fmt.Sprintf("%s_near - (%s_near - %s_x)", to, to, to)
	}
	return strings.NewReplacer("TO", to, "NARROW", narrow, "WIDE", fmt.Sprint(wide)).Replace(fmt.Sprintf(`TO_x = %s
		TO_near = %d*TO_x
		TO_far = WIDE*TO_x
		TO_high = TO_far - (TO_far - TO_x)
		TO = where(TO_high == 0, NARROW, TO_high)`, x, 1<<16+1))
}

// optaxRound rounds a number to a type as optaxRounded does; "" is no rounding.
func optaxRound(x float64, dtype string) float64 {
	switch dtype {
	case "float32":
		return float64(float32(x))
	case "bfloat16":
		far := float64(x * (1<<45 + 1))
		return far - (far - x)
	}
	return x
}

// optaxDecayed is a state times a factor in the type in which it is kept.
func optaxDecayed(factor, state float64, dtype string) float64 {
	return optaxRound(optaxRound(factor, dtype)*state, dtype)
}
