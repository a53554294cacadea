package online

import (
	"iter"
	"strconv"
	"unicode/utf8"
)

// keepNames keeps the names of an example's features for the weights of a
// model, as far as they are not there.
func (l *Learner) keepNames(x *Example, model int) {
	if l.names == nil || len(x.Names) == 0 {
		return
	}
	for i, name := range l.e.names(x) {
		a := (x.at[i] + uint32(model)) & l.mask()
		if _, have := l.names[a]; have {
			continue
		}
		l.names[a] = shortened(name) + ofModel(model)
	}
}

// longestName is how many bytes of a name are kept.
const longestName = 256

// shortened cuts a name, not within a character.
func shortened(name string) string {
	if len(name) <= longestName {
		return name
	}
	end := longestName
	for end > 0 && !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end] + "..."
}

// Weight is a weight that is not 0.
type Weight struct {
	Index uint32 // the hash of its feature, the lower bits
	Value float32
	Name  string // of its feature, where names are kept; of several that share the weight the first
}

// Weights gives the weights that are not 0, by index, as Predict takes them.
func (l *Learner) Weights() iter.Seq[Weight] {
	return func(yield func(Weight) bool) {
		at, out := make([]uint32, 0, block), make([]float32, block)
		end := 1<<l.o.Bits - 1
		for i := range l.touched.indexes(end + 1) {
			if at = append(at, uint32(i)); len(at) < block && i%block < block-1 && i < end {
				continue
			}
			l.weights(at, out[:len(at)])
			for k, w := range out[:len(at)] {
				if w != 0 && !yield(Weight{at[k], w, l.names[at[k]]}) {
					return
				}
			}
			at = at[:0]
		}
	}
}

// weights gives what the weights at some places count for.
func (l *Learner) weights(at []uint32, out []float32) {
	values, width := l.u.values(), l.u.width()
	for i, a := range at {
		out[i] = values[int(a)*width]
	}
	switch u := l.u.(type) {
	case *descend:
		for i, w := range out {
			out[i] = pull(w, float32(u.gravity)) * float32(u.contraction)
		}
	case *ruled:
		u.evaluate(at, out)
	}
}

// ofModel marks the name of a feature of a later class, as Vowpal Wabbit does.
func ofModel(model int) string {
	if model == 0 {
		return ""
	}
	return "[" + strconv.Itoa(model) + "]"
}

// NonZero is the number of weights that are not 0.
func (l *Learner) NonZero() int {
	n := 0
	for range l.Weights() {
		n++
	}
	return n
}
